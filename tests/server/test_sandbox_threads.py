#!/usr/bin/python3
"""What the Threads server does, as the facts page tells it, of our sandbox; its answers against Meta's own samples."""
import json
import os
import pathlib
import unittest

from sandbox import SOURCE
from test_sandbox_instagram import MetaTest

COLLECTION = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs")) / \
    "threads/threads-api.postman_collection.json"
PAGES = "/threads/v25.0"  # graph.facebook.com, at the same base


class ThreadsTest(MetaTest):
    platform, root = "threads", "/threads/v1.0"

    def call(self, method, path, token="sandbox-police", **fields):
        return super().call(method, path, token, **fields)

    def make(self, **fields):
        return self.call("POST", "/me/threads", **fields)

    def status(self, container):
        return self.call("GET", f"/{container}", fields="id,status,error_message").json["status"]

    def publish(self, container):
        return self.call("POST", "/me/threads_publish", creation_id=container)

    def published(self, **fields):
        made = self.make(**fields)
        self.assertEqual(made.status, 200, made.body)
        self.pass_time(40)
        return self.publish(made.json["id"]).json["id"]

    def picture(self):
        return self.address(root=PAGES)


class Containers(ThreadsTest):
    def test_a_text_is_not_there_at_once(self):
        container = self.make(media_type="TEXT", text="नमस्ते").json["id"]
        self.assertEqual(self.status(container), "IN_PROGRESS")
        self.error(self.publish(container), 24, 4279009)
        self.pass_time(3)
        self.assertEqual((self.status(container), self.sandbox.posts), ("FINISHED", []))
        post = self.publish(container).json["id"]
        self.assertEqual(self.status(container), "PUBLISHED")
        read = self.call("GET", f"/{post}", fields="id,media_type,text,timestamp,permalink").json
        self.assertEqual((read["media_type"], read["text"]), ("TEXT_POST", "नमस्ते"))

    def test_pictures_videos_and_carousels(self):
        self.published(media_type="IMAGE", image_url=self.picture(), text="एक", alt_text="चित्र")
        video = "https://media.example.gov.in/spool/" + "ab" * 32 + ".mp4"
        self.published(media_type="VIDEO", video_url=video, text="दो")
        items = [self.make(media_type="IMAGE", image_url=self.picture(), is_carousel_item="true").json["id"] for _ in range(2)]
        self.pass_time(10)
        post = self.published(media_type="CAROUSEL", children=",".join(items), text="तीन")
        self.assertEqual([len(post["media"]) for post in self.sandbox.posts], [1, 1, 2])
        self.assertEqual(self.sandbox.posts[1]["media"][0]["sha256"], "ab" * 32)
        read = self.call("GET", f"/{post}", fields="media_type,children").json
        self.assertEqual((read["media_type"], len(read["children"]["data"])), ("CAROUSEL_ALBUM", 2))

    def test_answers_stand_in_a_list_of_their_own(self):
        first = self.published(media_type="TEXT", text="पहला")
        second = self.published(media_type="TEXT", text="दूसरा", reply_to_id=first)
        self.assertEqual([row["id"] for row in self.call("GET", "/me/threads", fields="id").json["data"]], [first])
        self.assertEqual([row["id"] for row in self.call("GET", "/me/replies", fields="id").json["data"]], [second])
        self.error(self.make(media_type="TEXT", text="x", reply_to_id="17"), 24, 4279009)

    def test_what_the_real_server_refuses_is_refused_in_its_words(self):
        links = " ".join(f"https://a.gov.in/{n}" for n in range(6))
        for fields, code, subcode in (
                ({"media_type": "TEXT"}, 100, None), ({"text": "x"}, 100, None), ({"media_type": "STORY", "text": "x"}, 100, None),
                ({"media_type": "TEXT", "text": "x" * 501}, 100, None),
                ({"media_type": "TEXT", "text": "👮" * 126}, 100, None),
                ({"media_type": "TEXT", "text": links}, 100, None),
                ({"media_type": "IMAGE", "text": "x"}, 100, None),
                ({"media_type": "IMAGE", "image_url": "https://example.org/a.jpg"}, 1, 2207052),
                ({"media_type": "IMAGE", "image_url": self.picture(), "link_attachment": "https://a.gov.in"}, 100, None),
                ({"media_type": "CAROUSEL", "children": "1"}, 24, 4279009)):
            with self.subTest(fields=fields):
                self.error(self.make(**fields), code, subcode)
        self.assertEqual(self.make(media_type="TEXT", text="न" * 500).status, 200)

    def test_a_stored_number_instead_of_me_is_not_there(self):
        me = self.call("GET", "/me", fields="id,username").json["id"]
        self.error(self.call("POST", f"/{me}/threads", media_type="TEXT", text="x"), 24, 4279009)

    def test_a_post_has_no_field_status(self):
        post = self.published(media_type="TEXT", text="x")
        answer = self.call("GET", f"/{post}", fields="id,status,error_message")
        self.error(answer, 100)
        self.assertIn("nonexisting field (status)", answer.json["error"]["message"])

    def test_a_video_that_is_none_ends_in_error_with_a_word(self):
        container = self.make(media_type="VIDEO", video_url=self.picture()).json["id"]
        self.pass_time(40)
        read = self.call("GET", f"/{container}", fields="id,status,error_message").json
        self.assertEqual((read["status"], read["error_message"]), ("ERROR", "FAILED_PROCESSING_VIDEO"))

    def test_the_version_may_be_left_out(self):
        answer = self.sandbox.ask("GET", "/threads/me?fields=id", headers={"Authorization": "Bearer sandbox-police"})
        self.assertEqual(answer.status, 200)


class Tokens(ThreadsTest):
    def refresh(self, token):
        return self.sandbox.ask("GET", f"/threads/refresh_access_token?grant_type=th_refresh_token&access_token={token}")

    def test_a_token_is_exchanged_for_the_next_once_it_is_a_day_old(self):
        first = self.refresh("sandbox-police").json
        self.assertEqual((first["token_type"], first["expires_in"]), ("bearer", 5184000))
        self.assertEqual(self.call("GET", "/me", first["access_token"], fields="username").json["username"], "police")
        self.error(self.refresh(first["access_token"]), 100)
        self.pass_time(86401)
        self.assertNotEqual(self.refresh(first["access_token"]).json["access_token"], first["access_token"])

    def test_nothing_lasts_longer_than_sixty_days(self):
        self.assertEqual(self.call("GET", "/me", fields="id").status, 200)
        fresh = self.refresh("sandbox-police").json["access_token"]
        self.pass_time(60 * 86400 + 1)
        self.error(self.call("GET", "/me", fields="id"), 190, 463)
        self.error(self.call("GET", "/me", fresh, fields="id"), 190, 463)
        self.error(self.refresh(fresh), 190, 463)


class Others(ThreadsTest):
    def test_a_deletion_the_limit_and_the_page(self):
        post = self.published(media_type="TEXT", text="<i>नमस्ते</i>", link_attachment="https://cybercrime.gov.in/")
        limit = self.call("GET", "/me/threads_publishing_limit", fields="config,quota_usage").json["data"][0]
        self.assertEqual((limit["quota_usage"], limit["config"]["quota_total"]), (1, 250))
        for path in ("/threads/@police", f"/threads/@police/post/{post}"):
            page = self.sandbox.ask("GET", path).body.decode()
            for word in ("SANDBOX", "&lt;i&gt;नमस्ते", "https://cybercrime.gov.in/"):
                self.assertIn(word, page)
        self.assertEqual(self.call("DELETE", f"/{post}").json, {"success": True, "deleted_id": post})
        self.error(self.call("DELETE", f"/{post}"), 100, 33)

    @unittest.skipUnless(COLLECTION.exists(), "the collection is not here (CRIER_SPECS)")
    def test_its_answers_have_the_shape_of_metas_samples(self):
        samples = {}

        def walk(item):
            for each in item.get("item", []):
                for response in each.get("response", []):
                    samples[each["name"]] = response.get("body") or ""
                walk(each)
        walk(json.loads(COLLECTION.read_text()))
        container = self.make(media_type="TEXT", text="x").json
        for name, value in (("1.1 Create Text Container", container),
                            ("Check Container's Publishing Status",
                             self.call("GET", f"/{container['id']}", fields="id,status,error_message").json),
                            ("Retrieve Publishing Quota Limit",
                             self.call("GET", "/me/threads_publishing_limit", fields="quota_usage,config,reply_quota_usage,reply_config").json["data"][0])):
            for member in value:
                self.assertIn(f'"{member}"', samples[name], name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
