#!/usr/bin/python3
"""What Instagram's server does by the Graph API, as the facts page tells it, of our sandbox; its answers against Meta's
own specification, where that is there."""
import datetime
import os
import pathlib
import sys
import unittest
import urllib.parse

from sandbox import PICTURES, SOURCE, SandboxTest, multipart, picture

sys.path.insert(0, str(SOURCE / "tests/support"))
from codegen import Codegen  # noqa: E402

START = datetime.datetime(2026, 12, 1, 4, 0, tzinfo=datetime.timezone.utc)
USER, PAGE = "sandbox-user-police", "sandbox-page-police"
SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs")) / "facebook"
MP4 = (PICTURES / "clip.mp4").read_bytes()


class MetaTest(SandboxTest):
    """Short ways to speak to one of Meta's platforms."""
    options = (f"--virtual={START.isoformat()}",)
    platform, root = "instagram", "/instagram/v25.0"

    def call(self, method, path, token=USER, **fields):
        path = f"{self.root}{path}"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = None
        if method == "GET" and fields:
            path += "?" + urllib.parse.urlencode(fields)
        elif fields:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.sandbox.ask(method, path, body, headers)

    def photo(self, name="plain.jpg", token=PAGE, root=None, **fields):
        body, kind = multipart({"published": "false", **fields}, ("source", name, "image/jpeg", picture(name)))
        root = root or self.root
        return self.sandbox.ask("POST", f"{root}/me/photos", body, {"Authorization": f"Bearer {token}", "Content-Type": kind})

    def address(self, name="plain.jpg", root=None):
        root = root or self.root
        photo = self.photo(name, root=root).json["id"]
        images = self.sandbox.ask("GET", f"{root}/{photo}?fields=images", headers={"Authorization": f"Bearer {PAGE}"}).json["images"]
        return max(images, key=lambda image: image["width"])["source"]

    def pass_time(self, seconds):
        now = datetime.datetime.fromisoformat(self.sandbox.clock["now"]) + datetime.timedelta(seconds=seconds)
        self.assertEqual(self.sandbox.set_clock(now.isoformat()).status, 200)

    def error(self, answer, code, subcode=None):
        error = answer.json["error"]
        self.assertEqual((error["code"], error.get("error_subcode")), (code, subcode), error)
        self.assertGreaterEqual(answer.status, 400)
        self.assertIn("fbtrace_id", error)


class InstagramTest(MetaTest):
    def setUp(self):
        super().setUp()
        self.me = self.call("GET", "/me", PAGE, fields="instagram_business_account{id,username}").json[
            "instagram_business_account"]["id"]

    def make(self, **fields):
        return self.call("POST", f"/{self.me}/media", **fields)

    def made(self, **fields):
        answer = self.make(**fields)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json["id"]

    def status(self, container):
        return self.call("GET", f"/{container}", fields="id,status,status_code").json["status_code"]

    def publish(self, container):
        return self.call("POST", f"/{self.me}/media_publish", creation_id=container)

    def published(self, **fields):
        container = self.made(**fields)
        self.pass_time(30)
        answer = self.publish(container)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json["id"]


class Containers(InstagramTest):
    def test_a_picture_from_disk_becomes_a_post(self):
        media = self.published(image_url=self.address(), caption="नमस्ते #सुरक्षा", alt_text="चित्र")
        [post] = self.sandbox.posts
        self.assertEqual((post["platform"], post["account"], post["id"], post["text"]),
                         ("instagram", "police", media, "नमस्ते #सुरक्षा"))
        self.assertEqual([(m["mime"], m["alt"], m["bytes"]) for m in post["media"]],
                         [("image/jpeg", "चित्र", len(picture()))])
        read = self.call("GET", f"/{media}", fields="id,caption,media_type,media_product_type,permalink,timestamp").json
        self.assertEqual((read["caption"], read["media_type"], read["media_product_type"]), ("नमस्ते #सुरक्षा", "IMAGE", "FEED"))
        self.assertTrue(read["timestamp"].endswith("+0000"))

    def test_nothing_is_public_before_it_is_published(self):
        container = self.made(image_url=self.address(), caption="x")
        self.assertEqual((self.status(container), self.sandbox.posts), ("IN_PROGRESS", []))
        self.error(self.publish(container), 9007, 2207027)
        self.pass_time(10)
        self.assertEqual((self.status(container), self.sandbox.posts), ("FINISHED", []))
        self.assertEqual(self.publish(container).status, 200)
        self.assertEqual(self.status(container), "PUBLISHED")

    def test_a_container_lives_a_day(self):
        container = self.made(image_url=self.address(), caption="x")
        self.pass_time(86401)
        self.assertEqual(self.status(container), "EXPIRED")
        self.error(self.publish(container), -2, 2207020)

    def test_published_again_is_a_second_post(self):
        container = self.made(image_url=self.address(), caption="x")
        self.pass_time(10)
        self.assertNotEqual(self.publish(container).json["id"], self.publish(container).json["id"])
        self.assertEqual(len(self.sandbox.posts), 2)

    def test_an_error_although_published_can_be_had(self):
        container = self.made(image_url=self.address(), caption="x")
        self.pass_time(10)
        body = {"error": {"message": "blocked", "type": "OAuthException", "code": 4, "error_subcode": 2207051}}
        self.sandbox.faults({"platform": "instagram", "path": "*media_publish", "do": "status",
                             "arg": {"code": 403, "body": body, "stored": True}})
        self.assertEqual(self.publish(container).json, body)
        self.assertEqual((self.status(container), len(self.sandbox.posts)), ("PUBLISHED", 1))

    def test_a_carousel_has_two_to_ten_finished_items_and_is_one_post(self):
        items = [self.made(image_url=self.address(), is_carousel_item="true") for _ in range(3)]
        self.error(self.make(media_type="CAROUSEL", children=",".join(items), caption="x"), 9007, 2207027)
        self.pass_time(10)
        self.error(self.make(media_type="CAROUSEL", children=items[0], caption="x"), 100, 2207028)
        self.error(self.make(media_type="CAROUSEL", children=f"{items[0]},17", caption="x"), 100)
        self.error(self.publish(items[0]), 100)
        media = self.published(media_type="CAROUSEL", children=",".join(items), caption="तीन")
        [post] = self.sandbox.posts
        self.assertEqual(len(post["media"]), 3)
        read = self.call("GET", f"/{media}", fields="id,media_type,children{id}").json
        self.assertEqual((read["media_type"], len(read["children"]["data"])), ("CAROUSEL_ALBUM", 3))

    def test_a_story_has_no_words_and_stands_in_a_list_of_its_own_for_a_day(self):
        story = self.published(media_type="STORIES", image_url=self.address(), caption="not shown")
        self.assertEqual(self.sandbox.posts[0]["text"], "")
        self.assertEqual(self.call("GET", f"/{self.me}/media", fields="id").json["data"], [])
        self.assertEqual(self.call("GET", f"/{self.me}/stories", fields="id").json["data"], [{"id": story}])
        self.pass_time(86500)
        self.assertEqual(self.call("GET", f"/{self.me}/stories", fields="id").json["data"], [])

    def test_what_the_real_server_refuses_is_refused_in_its_words(self):
        png = self.address("plain.png")
        jpeg = self.address()
        for fields, code, subcode in (
                ({"caption": "text alone"}, 100, None),
                ({"image_url": png}, 36001, 2207005),
                ({"image_url": jpeg, "caption": "x" * 2201}, 100, 2207010),
                ({"image_url": jpeg, "caption": "#a #b #c #d #e #f"}, 100, 2207040),
                ({"image_url": jpeg, "alt_text": "x" * 1001}, 100, None),
                ({"image_url": "https://example.org/a.jpg"}, 9004, 2207052),
                ({"image_url": jpeg.partition("?")[0]}, 9004, 2207052),
                ({"image_url": jpeg, "media_type": "POSTER"}, 100, 2207023),
                ({"media_type": "REELS"}, 100, None)):
            with self.subTest(fields=fields):
                self.error(self.make(**fields), code, subcode)

    def test_the_address_of_a_photo_ends_after_an_hour(self):
        address = self.address()
        self.pass_time(3700)
        self.error(self.make(image_url=address), 9004, 2207052)

    def test_fifty_posts_a_day(self):
        address = self.address()
        containers = [self.made(image_url=address, caption=str(n)) for n in range(51)]
        self.pass_time(10)
        for container in containers[:50]:
            self.assertEqual(self.publish(container).status, 200)
        self.error(self.publish(containers[50]), 9, 2207042)
        limit = self.call("GET", f"/{self.me}/content_publishing_limit", fields="config,quota_usage").json["data"][0]
        self.assertEqual((limit["quota_usage"], limit["config"]), (50, {"quota_total": 50, "quota_duration": 86400}))


class Videos(InstagramTest):
    def upload(self, uri, content, offset=0, size=len(MP4), token=USER, scheme="OAuth"):
        return self.sandbox.ask("POST", urllib.parse.urlsplit(uri).path, content,
                                {"Authorization": f"{scheme} {token}", "offset": str(offset), "file_size": str(size),
                                 "Content-Type": "application/octet-stream"})

    def begin(self):
        made = self.make(media_type="REELS", upload_type="resumable", caption="रील", share_to_feed="true").json
        return made["id"], made["uri"]

    def transferred(self, container):
        read = self.call("GET", f"/{container}", fields="id,status,status_code,video_status").json
        return read["video_status"]["uploading_phase"]["bytes_transferred"]

    def test_a_reel_is_uploaded_processed_and_published(self):
        container, uri = self.begin()
        self.assertEqual(self.status(container), "IN_PROGRESS")
        self.assertTrue(self.upload(uri, MP4).json["success"])
        self.assertEqual(self.status(container), "IN_PROGRESS")
        self.pass_time(30)
        media = self.publish(container).json["id"]
        read = self.call("GET", f"/{media}", fields="media_type,media_product_type").json
        self.assertEqual((read["media_type"], read["media_product_type"]), ("VIDEO", "REELS"))
        self.assertEqual(self.sandbox.posts[0]["media"][0]["bytes"], len(MP4))

    def test_an_upload_goes_on_where_it_was_cut(self):
        container, uri = self.begin()
        self.assertEqual(self.transferred(container), 0)
        self.assertTrue(self.upload(uri, MP4[:1000]).json["success"])
        self.assertEqual(self.transferred(container), 1000)
        self.assertIn("debug_info", self.upload(uri, MP4[500:], 500).json)
        self.assertTrue(self.upload(uri, MP4[1000:], 1000).json["success"])
        self.pass_time(30)
        self.assertEqual(self.status(container), "FINISHED")

    def test_the_upload_host_wants_its_own_word_for_the_token_and_both_numbers(self):
        _, uri = self.begin()
        self.assertEqual(self.upload(uri, MP4, scheme="Bearer").status, 401)
        answer = self.sandbox.ask("POST", urllib.parse.urlsplit(uri).path, MP4, {"Authorization": f"OAuth {USER}"})
        self.assertFalse(answer.json["debug_info"]["retriable"])

    def test_a_reel_without_a_way_is_told_so(self):
        answer = self.make(media_type="REELS", caption="x")
        self.assertIn("video_url is required", answer.json["error"]["message"])


class Others(InstagramTest):
    def test_a_pages_token_reads_no_containers_and_a_users_makes_no_photos(self):
        container = self.made(image_url=self.address(), caption="x")
        self.error(self.call("GET", f"/{container}", PAGE, fields="status_code"), 100, 33)
        self.error(self.photo(token=USER), 200)

    def test_no_token_another_version_and_what_was_removed_are_refused(self):
        self.error(self.call("GET", f"/{self.me}", None), 104)
        self.error(self.sandbox.ask("GET", f"/instagram/v9.0/{self.me}", headers={"Authorization": f"Bearer {USER}"}), 2500)
        self.error(self.call("GET", f"/{self.me}", pretty="1"), 100)

    def test_another_account_sees_and_deletes_nothing(self):
        media = self.published(image_url=self.address(), caption="x")
        self.error(self.call("GET", f"/{media}", "sandbox-user-traffic", fields="id"), 100, 33)
        self.error(self.call("DELETE", f"/{media}", "sandbox-user-traffic"), 100, 33)
        self.assertFalse(self.sandbox.posts[0]["deleted"])

    def test_a_comment_a_deletion_and_the_list(self):
        first = self.published(image_url=self.address(), caption="एक")
        second = self.published(image_url=self.address(), caption="दो")
        listed = self.call("GET", f"/{self.me}/media", fields="id,caption").json["data"]
        self.assertEqual([row["id"] for row in listed], [second, first])
        since = int(START.timestamp()) + 45
        self.assertEqual(len(self.call("GET", f"/{self.me}/media", fields="id", since=since).json["data"]), 1)
        self.assertIn("id", self.call("POST", f"/{first}/comments", message="#सुरक्षा").json)
        self.error(self.call("POST", f"/{first}/comments"), 100)
        self.assertEqual(self.call("GET", f"/{first}/comments", fields="id,text").json["data"][0]["text"], "#सुरक्षा")
        self.assertEqual(self.call("DELETE", f"/{first}").json, {"success": True})
        self.error(self.call("DELETE", f"/{first}"), 100, 33)
        self.assertEqual([post["deleted"] for post in self.sandbox.posts], [True, False])

    def test_usage_headers_and_the_platforms_own_too_many(self):
        answer = self.call("GET", f"/{self.me}", fields="id,username")
        self.assertIn('"type":"instagram"', answer.headers["X-Business-Use-Case-Usage"].replace(" ", ""))
        self.sandbox.faults({"platform": "instagram", "do": "rate_limit"})
        answer = self.call("GET", f"/{self.me}", fields="id,username")
        self.assertEqual(answer.status, 400)
        self.assertIn("estimated_time_to_regain_access", answer.headers["X-Business-Use-Case-Usage"])

    def test_the_page_shows_what_a_clerk_would_recognise(self):
        media = self.published(image_url=self.address(), caption="<b>नमस्ते</b>", alt_text="हेलमेट")
        self.call("POST", f"/{media}/comments", message="पहली टिप्पणी")
        for path in ("/instagram/police", f"/instagram/p/{media}/"):
            page = self.sandbox.ask("GET", path).body.decode()
            for word in ("SANDBOX", "&lt;b&gt;नमस्ते", "हेलमेट", "पहली टिप्पणी", "fbcdn"):
                self.assertIn(word, page)
        source = page.partition('<img src="')[2].partition('"')[0]
        self.assertEqual(self.sandbox.ask("GET", source).body, picture())

    @unittest.skipUnless(SPECS.exists(), "the specification is not here (CRIER_SPECS)")
    def test_its_answers_have_only_members_that_the_specification_names(self):
        specification = Codegen(SPECS)
        media = self.published(image_url=self.address(), caption="x")
        wanted = "id,caption,media_type,media_product_type,permalink,timestamp,shortcode"
        user = self.call("GET", f"/{self.me}", fields="id,username").json
        for node, value in (("IGMedia", self.call("GET", f"/{media}", fields=wanted).json), ("IGUser", user),
                            ("ContentPublishingLimitResponse",
                             self.call("GET", f"/{self.me}/content_publishing_limit", fields="config,quota_usage").json["data"][0])):
            known = {field["name"] for field in specification.node(node)["fields"]}
            self.assertLessEqual(set(value), known, node)


if __name__ == "__main__":
    unittest.main(verbosity=2)
