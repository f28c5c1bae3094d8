#!/usr/bin/python3
"""What the Graph API does with a Page, as the facts page tells it, of our sandbox; its nodes against Meta's specification."""
import datetime
import json
import os
import pathlib
import sys
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from codegen import Codegen  # noqa: E402
from sandbox import POLICE, SOURCE, SandboxTest, multipart, picture  # noqa: E402

SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs")) / "facebook"
UPLOAD = {"Authorization": "OAuth sandbox-police"}
FILM = bytes(range(256)) * 10
START = "2026-12-01T09:00:00Z"


class FacebookTest(SandboxTest):
    options = ("--virtual",)

    def setUp(self):
        super().setUp()
        self.sandbox.set_clock(START)
        self.page = self.graph("GET", "me").json["id"]

    def graph(self, method, path, form=None, who=None, version="v25.0", **headers):
        body = None
        headers = {**(who or POLICE), **headers}
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.sandbox.ask(method, f"/facebook/{version}/{path}", body, headers)

    def send(self, path, fields, *files):
        body, kind = multipart(fields, *files)
        return self.sandbox.ask("POST", f"/facebook/v25.0/{path}", body, {**POLICE, "Content-Type": kind})

    def photo(self, content=None, **fields):
        return self.send(f"{self.page}/photos", {"published": "false", **fields},
                         ("source", "photo-1.jpg", "image/jpeg", content or picture()))

    def feed(self, message="नमस्ते", **more):
        return self.graph("POST", f"{self.page}/feed", {"message": message, **more})

    def refused(self, answer, status, code, subcode=None, word=""):
        error = answer.json["error"]
        self.assertEqual((answer.status, error["code"], error.get("error_subcode")), (status, code, subcode), error)
        self.assertIn(word, error["message"] + error.get("error_user_title", ""))
        self.assertTrue(error["type"] and error["fbtrace_id"])

    def wait(self, seconds):
        now = self.sandbox.clock["now"]
        later = datetime.datetime.fromisoformat(now) + datetime.timedelta(seconds=seconds)
        self.assertEqual(self.sandbox.set_clock(later.isoformat()).status, 200)


class Asking(FacebookTest):
    def test_a_token_may_come_in_either_word_or_as_a_parameter(self):
        for who in ({"Authorization": "Bearer sandbox-police"}, {"Authorization": "OAuth sandbox-police"}):
            self.assertEqual(self.graph("GET", "me", who=who).json["name"], "police")
        self.assertEqual(self.sandbox.ask("GET", "/facebook/v25.0/me?access_token=sandbox-police").json["name"], "police")
        self.refused(self.sandbox.ask("GET", "/facebook/v25.0/me"), 400, 104)

    def test_the_upload_host_knows_only_the_word_OAuth(self):
        video = self.graph("POST", f"{self.page}/video_reels", {"upload_phase": "start"}).json["video_id"]
        answer = self.sandbox.ask("POST", f"/facebook/video-upload/v25.0/{video}", FILM, {**POLICE, "offset": "0", "file_size": "9"})
        self.assertEqual((answer.status, answer.json["debug_info"]["retriable"]), (401, False))

    def test_what_was_removed_in_2026_is_refused(self):
        for name in ("pretty", "debug", "date_format", "ids"):
            self.refused(self.graph("GET", f"me?{name}=1"), 400, 100, None, name)
        self.refused(self.graph("GET", "me", **{"If-None-Match": '"x"'}), 400, 100, None, "If-None-Match")

    def test_versions_that_are_gone_or_not_there_are_refused(self):
        for version in ("v20.0", "v27.0", "25.0"):
            self.assertEqual(self.graph("GET", "me", version=version).status, 400 if version[0] == "v" else 404)
        for version in ("v21.0", "v25.0", "v26.0"):
            self.assertEqual(self.graph("GET", "me", version=version).status, 200)

    def test_only_fields_that_are_asked_for_are_answered_and_one_unknown_fails_all(self):
        post = self.feed().json["id"]
        self.assertEqual(set(self.graph("GET", f"{post}?fields=message").json), {"id", "message"})
        self.refused(self.graph("GET", f"{post}?fields=message,mood"), 400, 100, None, "nonexistent field (mood)")

    def test_every_answer_tells_how_much_of_the_budget_is_used(self):
        answer = self.graph("GET", "me")
        self.assertIn("call_count", json.loads(answer.headers["X-App-Usage"]))
        [[row]] = json.loads(answer.headers["X-Business-Use-Case-Usage"]).values()
        self.assertEqual((row["type"], row["estimated_time_to_regain_access"]), ("pages", 0))

    def test_too_many_calls_name_the_minutes(self):
        self.sandbox.faults({"platform": "facebook", "do": "rate_limit", "arg": 600})
        answer = self.graph("GET", "me")
        self.refused(answer, 400, 32, None, "request limit")
        [[row]] = json.loads(answer.headers["X-Business-Use-Case-Usage"]).values()
        self.assertEqual(row["estimated_time_to_regain_access"], 10)

    def test_a_token_that_ended_is_190_463(self):
        self.sandbox.faults({"platform": "facebook", "do": "expire_token"})
        self.refused(self.graph("GET", "me"), 400, 190, 463)

    def test_another_page_is_not_ours(self):
        self.refused(self.graph("POST", "1055/feed", {"message": "x"}), 403, 200, None, "pages_manage_posts")

    def test_debug_token_tells_what_a_token_may(self):
        data = self.graph("GET", "debug_token?input_token=sandbox-police").json["data"]
        self.assertEqual((data["is_valid"], data["expires_at"]), (True, 0))
        self.assertIn("pages_manage_posts", data["scopes"])


class Posts(FacebookTest):
    def test_a_post_is_public_and_listed_newest_first(self):
        ids = [self.feed(f"संख्या {n}", published="true").json["id"] for n in range(3)]
        self.assertEqual([p["id"] for p in self.graph("GET", f"{self.page}/published_posts").json["data"]], ids[::-1])
        page = self.graph("GET", f"{self.page}/published_posts?limit=2").json
        rest = self.graph("GET", f"{self.page}/published_posts?limit=2&after=" + page["paging"]["cursors"]["after"]).json
        self.assertEqual([p["id"] for p in page["data"] + rest["data"]], ids[::-1])
        self.assertTrue(ids[0].startswith(self.page + "_"))
        self.assertEqual([post["text"] for post in self.sandbox.posts], [f"संख्या {n}" for n in range(3)])

    def test_the_same_text_again_is_506(self):
        self.feed()
        self.refused(self.feed(), 400, 506, 1455006, "Duplicate")
        self.feed("और कुछ")
        self.assertEqual(self.feed().status, 200)

    def test_what_cannot_be_posted_is_refused(self):
        for form, subcode in (({}, None), ({"message": "x" * 63207}, None), ({"link": "https://www.facebook.com/x"}, 1609008),
                              ({"link": "example"}, 2061006), ({"message": "x", "published": "false"}, None),
                              ({"message": "x", "attached_media[0]": "7"}, None),
                              ({"message": "x", "attached_media[0]": '{"media_fbid":"7"}'}, 33)):
            self.refused(self.graph("POST", f"{self.page}/feed", form), 400, 100, subcode)
        self.assertEqual(self.sandbox.posts, [])

    def test_a_retired_preset_looks_like_an_outage(self):
        self.refused(self.feed(text_format_preset_id="1"), 500, 1)

    def test_unpublished_photos_become_one_post_and_only_once(self):
        ids = [self.photo(alt_text_custom=f"चित्र {n}").json["id"] for n in range(2)]
        self.assertEqual(self.sandbox.posts, [])
        media = {f"attached_media[{n}]": json.dumps({"media_fbid": each}) for n, each in enumerate(ids)}
        post = self.feed("दो", **media).json["id"]
        [shown] = self.sandbox.posts
        self.assertEqual([medium["alt"] for medium in shown["media"]], ["चित्र 0", "चित्र 1"])
        self.refused(self.feed("फिर", **media), 400, 100, 1366051)
        read = self.graph("GET", f"{post}?fields=attachments{{media_type,subattachments{{target}}}}").json
        self.assertEqual([each["target"]["id"] for each in read["attachments"]["data"][0]["subattachments"]["data"]], ids)
        self.assertEqual(self.graph("GET", f"{ids[0]}?fields=page_story_id").json["page_story_id"], post)

    def test_what_is_no_photo_is_refused(self):
        self.refused(self.photo(b"<html>"), 400, 100, 2069019, "Invalid image")
        self.refused(self.photo(picture() + b"\0" * 10_000_001), 400, 100, 1366046, "too large")
        self.refused(self.send(f"{self.page}/photos", {}), 400, 100)

    def test_a_photo_story_is_listed_for_a_day(self):
        photo = self.photo().json["id"]
        answer = self.graph("POST", f"{self.page}/photo_stories", {"photo_id": photo}).json
        self.assertTrue(answer["success"])
        [story] = self.graph("GET", f"{self.page}/stories").json["data"]
        self.assertEqual((story["post_id"], story["media_id"]), (answer["post_id"], photo))
        self.assertEqual(self.graph("GET", f"{self.page}/published_posts").json["data"], [])
        self.wait(86401)
        self.assertEqual(self.graph("GET", f"{self.page}/stories").json["data"], [])

    def test_a_deleted_post_is_gone(self):
        post = self.feed().json["id"]
        self.assertEqual(self.graph("DELETE", post).json, {"success": True})
        self.refused(self.graph("DELETE", post), 400, 100, 33)
        self.refused(self.graph("GET", post), 400, 100, 33)

    def test_comments_stand_below_a_post_and_are_none(self):
        post = self.feed().json["id"]
        comment = self.graph("POST", f"{post}/comments", {"message": "हेल्पलाइन 112"}).json["id"]
        [shown] = self.graph("GET", f"{post}/comments?filter=stream&order=chronological").json["data"]
        self.assertEqual((shown["id"], shown["message"], shown["from"]["id"]), (comment, "हेल्पलाइन 112", self.page))
        self.refused(self.graph("POST", f"{post}/comments", {}), 400, 100, None, "message")
        self.assertEqual(len(self.sandbox.posts), 1)

    def test_staff_recognises_the_post_on_its_page(self):
        self.photo_post = self.feed("हेलमेट <b>पहनें</b>").json["id"]
        self.graph("POST", f"{self.photo_post}/comments", {"message": "112"})
        page = self.sandbox.ask("GET", "/facebook/police").body.decode()
        self.assertIn("हेलमेट &lt;b&gt;पहनें&lt;/b&gt;", page)
        self.assertIn("SANDBOX", page)
        self.assertIn('<p class="comment"><b>police</b> 112</p>', page)
        self.assertEqual(self.sandbox.ask("GET", f"/facebook/police/posts/{self.photo_post}").status, 200)
        self.assertEqual(self.sandbox.ask("GET", "/facebook/nobody").status, 404)


class Videos(FacebookTest):
    def start(self, edge="video_reels"):
        return self.graph("POST", f"{self.page}/{edge}?upload_phase=start", {}).json

    def upload(self, video, content=FILM, offset=0, size=len(FILM)):
        return self.sandbox.ask("POST", f"/facebook/video-upload/v25.0/{video}", content[offset:],
                                {**UPLOAD, "offset": str(offset), "file_size": str(size),
                                 "Content-Type": "application/octet-stream"})

    def finish(self, video, edge="video_reels", **more):
        more = {"video_state": "PUBLISHED", **more} if edge == "video_reels" else more
        return self.graph("POST", f"{self.page}/{edge}?upload_phase=finish", {"video_id": video, **more})

    def status(self, video):
        return self.graph("GET", f"{video}?fields=status,post_id,permalink_url,published").json

    def test_a_reel_is_started_sent_processed_finished_and_public_a_while_later(self):
        made = self.start()
        self.assertTrue(made["upload_url"].endswith(f"/facebook/video-upload/v25.0/{made['video_id']}"))
        video = made["video_id"]
        self.assertEqual(self.status(video)["status"]["video_status"], "uploading")
        self.assertEqual(self.upload(video).json, {"success": True})
        self.assertEqual(self.status(video)["status"]["video_status"], "processing")
        self.wait(20)
        self.assertEqual(self.status(video)["status"]["video_status"], "ready")
        self.assertEqual(self.sandbox.posts, [])
        self.assertEqual(self.finish(video, description="रील").json, {"success": True})
        state = self.status(video)
        self.assertEqual((state["status"]["publishing_phase"]["status"], "post_id" in state), ("in_progress", False))
        self.wait(5)
        state = self.status(video)
        self.assertEqual((state["status"]["publishing_phase"]["status"], state["published"]), ("complete", True))
        self.assertEqual(self.sandbox.posts[0]["text"], "रील")

    def test_finished_again_it_is_still_one(self):
        video = self.start()["video_id"]
        self.upload(video)
        for _ in range(3):
            self.assertEqual(self.finish(video).json, {"success": True})
        self.assertEqual(len(self.sandbox.posts), 1)

    def test_without_its_bytes_nothing_is_finished(self):
        for edge in ("video_reels", "video_stories"):
            answer = self.finish(self.start(edge)["video_id"], edge)
            self.refused(answer, 400, 6000, 1363130, "Video Upload Is Missing")

    def test_an_upload_goes_on_only_where_it_broke(self):
        video = self.start()["video_id"]
        self.upload(video, FILM[:1000])
        self.assertEqual(self.status(video)["status"]["uploading_phase"]["bytes_transferred"], 1000)
        wrong = self.upload(video, offset=500)
        self.assertEqual((wrong.status, wrong.json["debug_info"]["retriable"]), (400, True))
        self.assertEqual(self.upload(video, offset=1000).json, {"success": True})
        self.wait(20)
        self.assertEqual(self.status(video)["status"]["video_status"], "ready")
        self.finish(video)
        self.assertEqual(self.sandbox.posts[0]["media"][0]["bytes"], len(FILM))

    def test_a_file_url_at_the_start_is_ignored_and_the_upload_stands_still(self):
        video = self.graph("POST", f"{self.page}/video_reels", {"upload_phase": "start", "file_url": "https://x/"}).json["video_id"]
        self.wait(7200)
        self.assertEqual(self.status(video)["status"]["video_status"], "uploading")
        self.wait(86400)
        self.assertEqual(self.status(video)["status"]["video_status"], "expired")

    def test_the_thirty_first_reel_of_a_day_is_refused(self):
        for _ in range(30):
            video = self.start()["video_id"]
            self.upload(video)
            self.assertEqual(self.finish(video).status, 200)
        video = self.start()["video_id"]
        self.upload(video)
        self.refused(self.finish(video), 400, 613)
        self.wait(86401)
        self.assertEqual(self.finish(video).status, 200)

    def test_a_long_video_is_sent_in_the_pieces_it_asks_for(self):
        film = bytes(1024) * 1500
        made = self.graph("POST", f"{self.page}/videos?upload_phase=start", {"file_size": len(film)}).json
        session, at = made["upload_session_id"], made
        while at["start_offset"] != at["end_offset"]:
            piece = film[int(at["start_offset"]):int(at["end_offset"])]
            at = self.send(f"{self.page}/videos?upload_phase=transfer",
                           {"upload_session_id": session, "start_offset": at["start_offset"]},
                           ("video_file_chunk", "video.mp4", "application/octet-stream", piece)).json
        again = self.send(f"{self.page}/videos?upload_phase=transfer", {"upload_session_id": session, "start_offset": "0"},
                          ("video_file_chunk", "video.mp4", "application/octet-stream", film[:10]))
        self.refused(again, 400, 6001, 1363037)
        self.graph("POST", f"{self.page}/videos?upload_phase=finish", {"upload_session_id": session, "description": "लंबा"})
        [post] = self.sandbox.posts
        self.assertEqual((post["text"], post["media"][0]["bytes"]), ("लंबा", len(film)))

    def test_videos_come_out_as_reels(self):
        video = self.start()["video_id"]
        self.upload(video)
        self.finish(video)
        self.assertEqual(self.status(video)["permalink_url"], f"/reel/{video}/")
        self.assertEqual(self.sandbox.ask("GET", f"/facebook/reel/{video}/").status, 200)

    def test_thumbnails_and_captions_need_their_file_and_its_name(self):
        video = self.start()["video_id"]
        self.assertEqual(self.send(f"{video}/thumbnails", {"is_preferred": "true"},
                                   ("source", "t.jpg", "image/jpeg", picture())).json, {"success": True})
        self.assertEqual(self.send(f"{video}/captions", {"default_locale": "hi_IN"},
                                   ("captions_file", "captions.hi_IN.srt", "application/x-subrip", b"1\n")).json, {"success": True})
        self.refused(self.send(f"{video}/captions", {}, ("captions_file", "captions.srt", "application/x-subrip", b"1\n")), 400, 100)
        self.refused(self.send(f"{video}/thumbnails", {}), 400, 100)


class Contract(FacebookTest):
    def test_every_member_of_a_node_is_in_the_specification(self):
        if not SPECS.exists():
            self.skipTest("the specification is not here (CRIER_SPECS)")
        specification = Codegen(SPECS)
        post = self.feed().json["id"]
        video = self.graph("POST", f"{self.page}/video_reels", {"upload_phase": "start"}).json["video_id"]
        photo = self.photo().json["id"]
        self.graph("POST", f"{self.page}/photo_stories", {"photo_id": photo})
        self.graph("POST", f"{post}/comments", {"message": "112"})
        answers = {"PagePost": self.graph("GET", post).json, "AdVideo": self.graph("GET", video).json,
                   "VideoStatus": self.graph("GET", f"{video}?fields=status").json["status"],
                   "Photo": self.graph("GET", photo).json, "Page": self.graph("GET", self.page).json,
                   "Stories": self.graph("GET", f"{self.page}/stories").json["data"][0],
                   "Comment": self.graph("GET", f"{post}/comments").json["data"][0]}
        for node, answer in answers.items():
            self.assertEqual([], [*specification.field_faults(node, {name: None for name in answer})], node)


if __name__ == "__main__":
    unittest.main(verbosity=2)
