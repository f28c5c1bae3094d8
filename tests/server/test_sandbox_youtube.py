#!/usr/bin/python3
"""The sandbox's YouTube by the facts page and by Google's discovery document, which we did not write."""
import datetime
import json
import os
import pathlib
import sys
import unittest

from sandbox import SOURCE, Sandbox, SandboxTest, folder, picture, skip

sys.path[:0] = [str(SOURCE / "tests/support")]
from discovery import Discovery  # noqa: E402

SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs"))
DOCUMENT = SPECS / "youtube/youtube-v3.discovery.json"
GRAIN = 256 * 1024
VIDEO = bytes(range(256)) * (3 * GRAIN // 256) + b"the end"
SRT = "1\n00:00:00,000 --> 00:00:01,500\nहेलमेट पहनिए\n"


class Client:
    """What a program of ours would do, written anew."""

    def __init__(self, sandbox, name="police"):
        self.sandbox, self.name, self.token = sandbox, name, None

    def refresh(self, **changed):
        form = {"client_id": "i", "client_secret": "s", "refresh_token": f"sandbox-{self.name}",
                "grant_type": "refresh_token", **changed}
        body = "&".join(f"{k}={v}" for k, v in form.items() if v is not None)
        answer = self.sandbox.ask("POST", "/youtube/token", body, {"Content-Type": "application/x-www-form-urlencoded"})
        if answer.status == 200:
            self.token = answer.json["access_token"]
        return answer

    def ask(self, method, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.sandbox.ask(method, "/youtube" + path, body, {"Authorization": f"Bearer {self.token}", **headers})

    def open(self, title="हेलमेट", size=len(VIDEO), status=None, **snippet):
        return self.ask("POST", "/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status",
                        {"snippet": {"title": title, **snippet}, "status": {"privacyStatus": "public", **(status or {})}},
                        X_Upload_Content_Length=str(size), X_Upload_Content_Type="video/mp4", Slug="crier-1.mp4")

    def put(self, session, first, body, total=len(VIDEO), content_range=None):
        path = session.split("/youtube", 1)[1]
        return self.ask("PUT", path, body, Content_Type="video/mp4",
                        Content_Range=content_range or f"bytes {first}-{first + len(body) - 1}/{total}")

    def query(self, session, total=len(VIDEO)):
        return self.put(session, 0, b"", content_range=f"bytes */{total}")

    def publish(self, **more):
        session = self.open(**more).headers["Location"]
        return self.put(session, 0, VIDEO).json["id"]

    def video(self, name, parts="snippet,status,processingDetails,fileDetails"):
        return self.ask("GET", f"/youtube/v3/videos?part={parts}&id={name}").json["items"][0]


class YouTubeTest(SandboxTest):
    options = ("--virtual",)

    def setUp(self):
        super().setUp()
        self.police = Client(self.sandbox)
        self.police.refresh()

    def refuses(self, answer, status, reason):
        error = answer.json["error"]
        self.assertEqual((answer.status, error["code"], error["errors"][0]["reason"]), (status, status, reason))

    def pass_time(self, **span):
        now = datetime.datetime.fromisoformat(self.sandbox.clock["now"]) + datetime.timedelta(**span)
        self.assertEqual(self.sandbox.set_clock(now.isoformat()).status, 200)


class Tokens(YouTubeTest):
    def test_a_refresh_token_stays_and_its_access_token_ends_in_an_hour(self):
        first = self.police.token
        self.assertNotIn("refresh_token", self.police.refresh().json)
        self.assertNotEqual(first, self.police.token)
        self.assertEqual(self.police.ask("GET", "/youtube/v3/channels?part=id&mine=true").status, 200)
        self.pass_time(seconds=3600)
        self.refuses(self.police.ask("GET", "/youtube/v3/channels?part=id&mine=true"), 401, "authError")
        self.assertEqual(self.police.refresh().status, 200)

    def test_wrong_grants_are_refused_in_googles_words(self):
        for changed, status, error in (({"client_id": None}, 401, "invalid_client"),
                                       ({"grant_type": "password"}, 400, "unsupported_grant_type"),
                                       ({"refresh_token": ""}, 400, "invalid_request")):
            answer = self.police.refresh(**changed)
            self.assertEqual((answer.status, answer.json["error"]), (status, error))

    def test_a_refresh_token_that_is_not_used_for_six_months_is_dead(self):
        self.pass_time(days=181)
        self.assertEqual(self.police.refresh().json["error"], "invalid_grant")

    def test_nobody_uploads_without_a_token(self):
        self.police.token = "ya29.other"
        self.refuses(self.police.open(), 401, "authError")


class Uploads(YouTubeTest):
    def setUp(self):
        super().setUp()
        self.session = self.police.open().headers["Location"]

    def go_on(self, answer, wanted):
        self.assertEqual(answer.status, 308)
        self.assertEqual(answer.headers.get("Range"), f"bytes=0-{wanted - 1}" if wanted else None)

    def test_a_video_in_pieces_is_what_was_sent(self):
        self.go_on(self.police.query(self.session), 0)
        self.go_on(self.police.put(self.session, 0, VIDEO[:GRAIN]), GRAIN)
        self.go_on(self.police.put(self.session, GRAIN, VIDEO[GRAIN:3 * GRAIN]), 3 * GRAIN)
        self.go_on(self.police.query(self.session), 3 * GRAIN)
        done = self.police.put(self.session, 3 * GRAIN, VIDEO[3 * GRAIN:])
        self.assertEqual(done.status, 200)
        post, = self.sandbox.posts
        self.assertEqual((post["id"], post["media"][0]["bytes"]), (done.json["id"], len(VIDEO)))
        self.assertEqual(self.police.ask("GET", f"/videoplayback?id={post['id']}").body, VIDEO)

    def test_a_finished_session_answers_with_its_video_for_ever_after(self):
        done = self.police.put(self.session, 0, VIDEO).json
        self.pass_time(days=3)
        self.police.refresh()
        self.assertEqual(self.police.query(self.session).json["id"], done["id"])
        self.assertEqual(self.police.put(self.session, 0, VIDEO).json["id"], done["id"])
        self.assertEqual(len(self.sandbox.posts), 1)

    def test_a_piece_that_does_not_fit_is_refused(self):
        self.police.put(self.session, 0, VIDEO[:GRAIN])
        for first, body, content_range in ((2 * GRAIN, VIDEO[:GRAIN], None),           # a gap
                                           (GRAIN, VIDEO[:1000], None),                # no multiple
                                           (GRAIN, VIDEO[:GRAIN], "bytes 1-2/3"),      # not its length
                                           (GRAIN, VIDEO[:GRAIN], "bytes nonsense")):
            self.refuses(self.police.put(self.session, first, body, content_range=content_range), 400, "badRequest")
        self.refuses(self.police.put(self.session, GRAIN, VIDEO[GRAIN:], total=len(VIDEO) + 1,
                                     content_range=f"bytes {GRAIN}-{len(VIDEO) - 1}/{len(VIDEO) + 1}"), 400, "badRequest")
        self.go_on(self.police.query(self.session), GRAIN)

    def test_bytes_that_are_there_already_are_passed_over(self):
        self.police.put(self.session, 0, VIDEO[:2 * GRAIN])
        self.assertEqual(self.police.put(self.session, GRAIN, VIDEO[GRAIN:]).status, 200)
        self.assertEqual(self.police.ask("GET", f"/videoplayback?id={self.sandbox.posts[0]['id']}").body, VIDEO)

    def test_quirks_keep_less_keep_nothing_and_forget(self):
        def quirk(word):
            self.sandbox.faults({"platform": "youtube", "method": "PUT", "do": "quirk", "arg": word})
        quirk("keep_less")
        self.go_on(self.police.put(self.session, 0, VIDEO[:2 * GRAIN]), GRAIN)
        quirk("keep_none")
        self.go_on(self.police.put(self.session, GRAIN, VIDEO[GRAIN:2 * GRAIN]), 0)
        self.go_on(self.police.put(self.session, 0, VIDEO[:GRAIN]), GRAIN)
        quirk("forget")
        self.assertEqual(self.police.query(self.session).status, 404)
        self.assertEqual(self.police.query(self.session).status, 404)

    def test_a_strangers_session_is_not_there(self):
        other = Client(self.sandbox, "other")
        other.refresh()
        self.assertEqual(other.query(self.session).status, 404)

    def test_metadata_are_checked_before_a_session_is_given(self):
        for given, reason in (({"title": ""}, "invalidTitle"), ({"title": "य" * 101}, "invalidTitle"),
                              ({"title": "<b>"}, "invalidTitle"), ({"description": "a>b"}, "invalidDescription"),
                              ({"description": "य" * 1667}, "invalidDescription"), ({"categoryId": "99"}, "invalidCategoryId"),
                              ({"status": {"privacyStatus": "secret"}}, "invalidVideoMetadata")):
            self.refuses(self.police.open(**given), 400, reason)
        self.assertEqual(self.police.open(title="य" * 100, description="य" * 1666).status, 200)

    def test_a_restarted_sandbox_knows_how_far_it_was(self):
        with folder() as state:
            first = Sandbox("--state", state)
            police = Client(first)
            police.refresh()
            session = police.open().headers["Location"]
            police.put(session, 0, VIDEO[:2 * GRAIN])
            first.kill()
            police.sandbox = again = Sandbox("--state", state)
            self.go_on(police.query(session), 2 * GRAIN)
            self.assertEqual(police.put(session, 2 * GRAIN, VIDEO[2 * GRAIN:]).status, 200)
            self.assertEqual(again.posts[0]["media"][0]["bytes"], len(VIDEO))
            again.stop()


class Videos(YouTubeTest):
    def test_a_video_is_processed_after_a_while(self):
        name = self.police.publish()
        self.assertEqual(self.police.video(name)["status"]["uploadStatus"], "uploaded")
        self.pass_time(seconds=20)
        self.assertEqual(self.police.video(name)["status"]["uploadStatus"], "processed")

    def test_quirks_reject_fail_and_lock(self):
        for word, member, value in (("reject", "rejectionReason", "duplicate"), ("fail", "failureReason", "codec"),
                                    ("private", "privacyStatus", "private")):
            self.sandbox.faults({"platform": "youtube", "method": "POST", "path": "/upload/", "do": "quirk", "arg": word})
            name = self.police.publish()
            self.pass_time(seconds=20)
            self.assertEqual(self.police.video(name)["status"][member], value)

    def test_the_uploads_playlist_shows_the_newest_first(self):
        names = [self.police.publish(title=str(i)) for i in range(3)]
        channel = self.police.ask("GET", "/youtube/v3/channels?part=contentDetails&mine=true").json["items"][0]
        uploads = channel["contentDetails"]["relatedPlaylists"]["uploads"]
        listed = self.police.ask("GET", f"/youtube/v3/playlistItems?part=snippet,contentDetails&playlistId={uploads}").json
        self.assertEqual([item["contentDetails"]["videoId"] for item in listed["items"]], names[::-1])
        self.assertEqual(self.police.video(names[0])["fileDetails"]["fileName"], "crier-1.mp4")

    def test_a_deleted_video_is_gone(self):
        name = self.police.publish()
        self.assertEqual(self.police.ask("DELETE", f"/youtube/v3/videos?id={name}").status, 204)
        self.refuses(self.police.ask("DELETE", f"/youtube/v3/videos?id={name}"), 404, "videoNotFound")
        self.assertTrue(self.sandbox.posts[0]["deleted"])

    def test_a_playlist_takes_a_video_twice(self):
        name = self.police.publish()
        body = {"snippet": {"playlistId": "PLroads", "resourceId": {"kind": "youtube#video", "videoId": name}}}
        for count in (1, 2):
            self.assertEqual(self.police.ask("POST", "/youtube/v3/playlistItems?part=snippet", body).status, 200)
            found = self.police.ask("GET", f"/youtube/v3/playlistItems?part=id&playlistId=PLroads&videoId={name}").json
            self.assertEqual(len(found["items"]), count)
        body["snippet"]["playlistId"] = "other"
        self.refuses(self.police.ask("POST", "/youtube/v3/playlistItems?part=snippet", body), 404, "playlistNotFound")

    def test_a_thumbnail_is_a_picture_of_at_most_two_megabytes(self):
        name = self.police.publish()
        path = f"/upload/youtube/v3/thumbnails/set?uploadType=media&videoId={name}"
        self.assertEqual(self.police.ask("POST", path, picture(), Content_Type="image/jpeg").status, 200)
        self.refuses(self.police.ask("POST", path, b"GIF89a", Content_Type="image/gif"), 400, "invalidImage")
        self.refuses(self.police.ask("POST", path, picture() + b"\0" * 2**21, Content_Type="image/jpeg"),
                     400, "failedPrecondition")
        self.assertEqual(self.police.ask("GET", f"/vi/{name}/default.jpg").body, picture())

    def test_captions_come_through_a_session_and_have_timings(self):
        name = self.police.publish()
        for text, status in ((SRT, 200), ("no timings", 400)):
            session = self.police.ask("POST", "/upload/youtube/v3/captions?uploadType=resumable&part=snippet",
                                      {"snippet": {"videoId": name, "language": "hi", "name": ""}}).headers["Location"]
            body = text.encode()
            self.assertEqual(self.police.put(session, 0, body, total=len(body)).status, status)
        listed = self.police.ask("GET", f"/youtube/v3/captions?part=snippet&videoId={name}").json["items"]
        self.assertEqual([item["snippet"]["language"] for item in listed], ["hi"])

    def test_pages_show_what_people_see(self):
        name = self.police.publish(description="सड़क <सुरक्षा".replace("<", ""))
        for path in ("/@police", f"/watch?v={name}", f"/shorts/{name}"):
            page = self.police.ask("GET", path).body.decode()
            self.assertIn("हेलमेट", page)
            self.assertIn("SANDBOX", page)
        self.assertEqual(self.police.ask("GET", "/watch?v=other").status, 404)


class Quotas(YouTubeTest):
    def test_a_hundred_uploads_a_day_until_midnight_in_california(self):
        for _ in range(100):
            self.assertEqual(self.police.open().status, 200)
        self.refuses(self.police.open(), 403, "quotaExceeded")
        now = datetime.datetime.fromisoformat(self.sandbox.clock["now"]).astimezone(datetime.timezone.utc)
        midnight = now.replace(hour=8, minute=0, second=0, microsecond=0)
        midnight += datetime.timedelta(days=midnight <= now)
        self.sandbox.set_clock((midnight - datetime.timedelta(seconds=1)).isoformat())
        self.police.refresh()
        self.refuses(self.police.open(), 403, "quotaExceeded")
        self.sandbox.set_clock(midnight.isoformat())
        self.assertEqual(self.police.open().status, 200)

    def test_units_are_counted(self):
        name = self.police.publish()
        for _ in range(24):
            self.police.ask("POST", "/upload/youtube/v3/captions?uploadType=resumable&part=snippet",
                            {"snippet": {"videoId": name, "language": "hi", "name": ""}})
        for _ in range(8):
            self.police.ask("GET", f"/youtube/v3/captions?part=snippet&videoId={name}")
        self.refuses(self.police.ask("GET", "/youtube/v3/channels?part=id&mine=true"), 403, "quotaExceeded")


class ByTheDocument(YouTubeTest):
    def setUp(self):
        super().setUp()
        self.judge = Discovery(DOCUMENT)

    def fits(self, method, answer):
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual([*self.judge.faults_of_answer(method, answer.json)], [], method)

    def test_every_answer_fits_its_schema(self):
        name = self.police.publish(description="d", categoryId="25", defaultLanguage="hi")
        session = self.police.open().headers["Location"]
        self.fits("videos.insert", self.police.put(session, 0, VIDEO))
        self.pass_time(seconds=20)
        self.fits("videos.list", self.police.ask(
            "GET", f"/youtube/v3/videos?part=snippet,status,processingDetails,fileDetails&id={name}"))
        self.fits("channels.list", self.police.ask("GET", "/youtube/v3/channels?part=id,snippet,contentDetails&mine=true"))
        body = {"snippet": {"playlistId": "PLroads", "resourceId": {"kind": "youtube#video", "videoId": name}}}
        self.fits("playlistItems.insert", self.police.ask("POST", "/youtube/v3/playlistItems?part=snippet", body))
        self.fits("playlistItems.list", self.police.ask(
            "GET", "/youtube/v3/playlistItems?part=snippet,contentDetails&playlistId=PLroads"))
        self.fits("thumbnails.set", self.police.ask(
            "POST", f"/upload/youtube/v3/thumbnails/set?uploadType=media&videoId={name}", picture()))
        session = self.police.ask("POST", "/upload/youtube/v3/captions?uploadType=resumable&part=snippet",
                                  {"snippet": {"videoId": name, "language": "hi", "name": ""}}).headers["Location"]
        self.fits("captions.insert", self.police.put(session, 0, SRT.encode(), total=len(SRT.encode())))
        self.fits("captions.list", self.police.ask("GET", f"/youtube/v3/captions?part=snippet&videoId={name}"))

    def test_the_judge_notices_what_is_wrong(self):
        name = self.police.publish()
        good = self.police.ask("GET", f"/youtube/v3/videos?part=snippet,status&id={name}").json
        for change in (lambda v: v["status"].update(privacyStatus="secret"), lambda v: v["snippet"].update(title=7),
                       lambda v: v.update(more=1), lambda v: v["status"].update(embeddable="true")):
            answer = json.loads(json.dumps(good))
            change(answer["items"][0])
            self.assertNotEqual([*self.judge.faults_of_answer("videos.list", answer)], [])


if __name__ == "__main__":
    if not DOCUMENT.exists():
        skip("sandbox_youtube", f"{DOCUMENT} is not here (CRIER_SPECS)")
    unittest.main(verbosity=2)
