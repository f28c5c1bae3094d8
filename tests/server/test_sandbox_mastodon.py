#!/usr/bin/python3
"""What a Mastodon server does, as the facts page tells it, of our sandbox."""
import hashlib
import re
import threading
import unittest
import urllib.parse

from sandbox import POLICE, VIDEO, SandboxTest, picture

OTHER = {"Authorization": "Bearer sandbox-traffic"}
NOT_READY = "Cannot attach files that have not finished processing. Try again in a moment!"


class Statuses(SandboxTest):
    def test_a_post_is_public_and_in_the_ground_truth(self):
        made = self.sandbox.post("हेलमेट पहनें https://example.gov.in #सड़कसुरक्षा", language="hi").json
        self.assertEqual(made["language"], "hi")
        self.assertEqual(made["tags"][0]["name"], "सड़कसुरक्षा")
        self.assertIn('<a href="https://example.gov.in"', made["content"])
        [post] = self.sandbox.posts
        self.assertEqual((post["platform"], post["account"], post["id"], post["text"], post["media"], post["deleted"]),
                         ("mastodon", "police", made["id"], "हेलमेट पहनें https://example.gov.in #सड़कसुरक्षा", [], False))
        self.assertEqual(self.sandbox.ask("GET", f"/mastodon/api/v1/statuses/{made['id']}").json["id"], made["id"])

    def test_a_form_does_what_json_does(self):
        body = urllib.parse.urlencode({"status": "प्रपत्र + 100% & =", "language": "hi", "visibility": "unlisted"})
        kind = {**POLICE, "Content-Type": "application/x-www-form-urlencoded"}
        made = self.sandbox.ask("POST", "/mastodon/api/v1/statuses", body, kind).json
        self.assertEqual((made["visibility"], self.sandbox.posts[0]["text"]), ("unlisted", "प्रपत्र + 100% & ="))

    def test_the_source_is_the_text_as_sent_and_only_its_author_sees_it(self):
        made = self.sandbox.post("एक\nदो\n\nतीन <b>", spoiler_text="चेतावनी").json
        path = f"/mastodon/api/v1/statuses/{made['id']}/source"
        self.assertEqual(self.sandbox.ask("GET", path, headers=POLICE).json,
                         {"id": made["id"], "text": "एक\nदो\n\nतीन <b>", "spoiler_text": "चेतावनी"})
        self.refused(self.sandbox.ask("GET", path, headers=OTHER), 404, "Record not found")
        self.assertEqual(made["content"], "<p>एक<br />दो</p><p>तीन &lt;b&gt;</p>")

    def test_a_deleted_status_is_gone_and_comes_back_as_source(self):
        made = self.sandbox.post("मिटाना है").json
        path = f"/mastodon/api/v1/statuses/{made['id']}"
        self.refused(self.sandbox.ask("DELETE", path, headers=OTHER), 404, "Record not found")
        self.assertEqual(self.sandbox.ask("DELETE", path, headers=POLICE).json["text"], "मिटाना है")
        self.refused(self.sandbox.ask("DELETE", path, headers=POLICE), 404, "Record not found")
        self.refused(self.sandbox.ask("GET", path), 404, "Record not found")
        self.assertTrue(self.sandbox.posts[0]["deleted"])

    def test_ids_grow_and_are_text(self):
        ids = [self.sandbox.post(f"संख्या {n}").json["id"] for n in range(5)]
        self.assertTrue(all(isinstance(i, str) for i in ids))
        self.assertEqual(sorted(ids, key=int), ids)
        self.assertEqual(len(set(ids)), 5)

    def test_what_the_real_server_refuses_is_refused_in_its_words(self):
        for body, status, text in [
            ({"status": ""}, 422, "Validation failed: Text can't be blank"),
            ({"status": "  \n"}, 422, "Validation failed: Text can't be blank"),
            ({"status": "x" * 501}, 422, "Validation failed: Text character limit of 500 exceeded"),
            ({"status": "x" * 400, "spoiler_text": "y" * 101}, 422,
             "Validation failed: Text character limit of 500 exceeded"),
            ({"status": "x", "visibility": "secret"}, 422, "Validation failed: Visibility is not included in the list"),
            ({"status": "x", "in_reply_to_id": "1"}, 404, "The post you are trying to reply to does not appear to exist."),
            ({"status": "x", "media_ids": ["1"]}, 422, "Media 1 not found or already attached to another post"),
            ({"status": "x", "media_ids": ["1"] * 5}, 422, "Cannot attach more than 4 files"),
        ]:
            self.refused(self.sandbox.ask("POST", "/mastodon/api/v1/statuses", body, POLICE), status, text)
        self.assertEqual(self.sandbox.posts, [])

    def test_length_counts_clusters_links_and_mentions(self):
        for fits, text in [
            (True, "x" * 500), (True, "नि" * 500), (False, "नि" * 501),
            (True, "👨‍👩‍👧‍👦" * 500), (True, "🇮🇳" * 500),
            (True, "x" * 476 + " https://example.gov.in/" + "y" * 300), (False, "x" * 477 + " https://example.gov.in/y"),
            (True, "x" * 492 + " @police@a.very.long.host.example"), (False, "x" * 493 + " @police@a.b.example"),
            # a server before Unicode 15.1 sees two clusters in each; we count as the stricter one
            (True, "क्ष" * 250), (False, "क्ष" * 251),
        ]:
            self.assertEqual(self.sandbox.post(text).status, 200 if fits else 422, text[:20] + text[-40:])

    def test_an_unknown_language_falls_back_silently(self):
        self.assertEqual(self.sandbox.post("x", language="klingonisch").json["language"], "en")

    def test_a_reply_names_its_parent(self):
        first = self.sandbox.post("एक").json["id"]
        self.assertEqual(self.sandbox.post("दो", in_reply_to_id=first).json["in_reply_to_id"], first)


class Keys(SandboxTest):
    options = ("--virtual",)

    def test_the_same_key_answers_with_the_same_status_whatever_the_body(self):
        first = self.sandbox.post("पहला", key="k").json
        again = self.sandbox.post("दूसरा", key="k")
        self.assertEqual((again.status, again.json["id"]), (200, first["id"]))
        self.assertEqual([post["text"] for post in self.sandbox.posts], ["पहला"])

    def test_even_a_body_that_would_be_refused(self):
        first = self.sandbox.post("पहला", key="k").json
        self.assertEqual(self.sandbox.post("", key="k").json["id"], first["id"])

    def test_another_account_or_key_is_another_status(self):
        self.sandbox.post("x", key="k")
        self.sandbox.post("x", key="l")
        self.sandbox.post("x", key="k", who=OTHER)
        self.assertEqual(len(self.sandbox.posts), 3)

    def test_without_a_key_the_same_text_is_posted_twice(self):
        self.sandbox.post("x")
        self.sandbox.post("x")
        self.assertEqual(len(self.sandbox.posts), 2)

    def test_a_key_lives_one_hour_of_the_sandbox_clock(self):
        self.sandbox.set_clock("2030-01-01T00:00:00Z")
        self.sandbox.post("x", key="k")
        self.sandbox.set_clock("2030-01-01T01:00:00Z")
        self.sandbox.post("x", key="k")
        self.assertEqual(len(self.sandbox.posts), 1)
        self.sandbox.set_clock("2030-01-01T01:00:00.001Z")
        self.sandbox.post("x", key="k")
        self.assertEqual(len(self.sandbox.posts), 2)

    def test_a_deleted_status_is_not_found_by_its_key_and_not_made_again(self):
        made = self.sandbox.post("x", key="k").json
        self.sandbox.ask("DELETE", f"/mastodon/api/v1/statuses/{made['id']}", headers=POLICE)
        self.refused(self.sandbox.post("x", key="k"), 404, "Record not found")
        self.assertEqual(len(self.sandbox.posts), 1)

    def test_a_server_without_keys_posts_twice(self):
        for _ in range(2):
            self.sandbox.post("x", key="k", server="mastodon-nokeys")
        self.assertEqual([post["platform"] for post in self.sandbox.posts], ["mastodon-nokeys"] * 2)


class Media(SandboxTest):
    options = ("--virtual",)

    def test_a_picture_is_ready_at_once_and_kept_as_received(self):
        content = picture("place.jpg")
        answer = self.sandbox.upload(content, alt="हेलमेट पहने सवार")
        media = answer.json
        self.assertEqual((answer.status, media["type"], media["description"]), (200, "image", "हेलमेट पहने सवार"))
        made = self.sandbox.post("चित्र", media_ids=[media["id"]]).json
        self.assertEqual(made["media_attachments"][0]["id"], media["id"])
        self.assertEqual(self.sandbox.posts[0]["media"],
                         [{"sha256": hashlib.sha256(content).hexdigest(), "mime": "image/jpeg", "bytes": len(content),
                           "alt": "हेलमेट पहने सवार"}])
        self.assertEqual(self.sandbox.ask("GET", urllib.parse.urlparse(media["url"]).path).body, content)

    def test_each_kind_of_picture_is_taken_by_its_content(self):
        for name, mime in [("plain.png", "image/png"), ("plain.gif", "image/gif"), ("plain.webp", "image/webp")]:
            self.assertEqual(self.sandbox.upload(picture(name), mime).status, 200, name)
        invalid = "Validation failed: File content type is invalid, File is invalid"
        self.refused(self.sandbox.upload(picture("plain.png"), "image/jpeg"), 422, invalid)
        self.refused(self.sandbox.upload(b"%PDF-1.7", "application/pdf"), 422, invalid)

    def test_several_pictures_keep_their_order(self):
        ids = [self.sandbox.upload(picture(name), mime).json["id"]
               for name, mime in [("plain.jpg", "image/jpeg"), ("plain.png", "image/png"), ("place.jpg", "image/jpeg")]]
        made = self.sandbox.post("तीन", media_ids=ids[::-1]).json
        self.assertEqual([media["id"] for media in made["media_attachments"]], ids[::-1])

    def test_a_picture_can_be_posted_without_text_and_only_once(self):
        media = self.sandbox.upload(picture()).json["id"]
        self.assertEqual(self.sandbox.post("", media_ids=[media]).status, 200)
        self.refused(self.sandbox.post("x", media_ids=[media]), 422,
                     f"Media {media} not found or already attached to another post")
        self.refused(self.sandbox.ask("GET", f"/mastodon/api/v1/media/{media}", headers=POLICE), 404, "Record not found")

    def test_a_video_is_processed_for_a_while(self):
        self.sandbox.set_clock("2030-01-01T00:00:00Z")
        answer = self.sandbox.upload(VIDEO, "video/mp4", name="a.mp4")
        self.assertEqual((answer.status, answer.json["url"]), (202, None))
        path = f"/mastodon/api/v1/media/{answer.json['id']}"
        self.assertEqual(self.sandbox.ask("GET", path, headers=POLICE).status, 206)
        self.refused(self.sandbox.post("x", media_ids=[answer.json["id"]]), 422, NOT_READY)
        self.sandbox.set_clock("2030-01-01T00:00:03Z")
        self.assertEqual(self.sandbox.ask("GET", path, headers=POLICE).status, 200)
        self.assertEqual(self.sandbox.post("x", media_ids=[answer.json["id"]]).status, 200)

    def test_the_old_form_answers_when_it_is_ready(self):
        self.assertEqual(self.sandbox.upload(VIDEO, "video/mp4", path="/mastodon/api/v1/media").status, 200)

    def test_pictures_and_video_do_not_mix(self):
        ids = [self.sandbox.upload(picture()).json["id"],
               self.sandbox.upload(VIDEO, "video/mp4", path="/mastodon/api/v1/media").json["id"]]
        self.refused(self.sandbox.post("x", media_ids=ids), 422,
                     "Cannot attach a video to a post that already contains images")

    def test_media_of_others_do_not_exist(self):
        media = self.sandbox.upload(picture()).json["id"]
        self.refused(self.sandbox.post("x", who=OTHER, media_ids=[media]), 422,
                     f"Media {media} not found or already attached to another post")
        self.refused(self.sandbox.ask("PUT", f"/mastodon/api/v1/media/{media}", {"description": "x"}, OTHER), 404,
                     "Record not found")

    def test_alt_text_can_be_changed_before_posting_and_has_a_limit(self):
        media = self.sandbox.upload(picture()).json["id"]
        path = f"/mastodon/api/v1/media/{media}"
        self.assertEqual(self.sandbox.ask("PUT", path, {"description": "नया"}, POLICE).json["description"], "नया")
        self.refused(self.sandbox.ask("PUT", path, {"description": "x" * 1501}, POLICE), 422,
                     "Validation failed: Description character limit of 1500 exceeded")
        self.sandbox.post("x", media_ids=[media])
        self.assertEqual(self.sandbox.posts[0]["media"][0]["alt"], "नया")

    def test_unattached_media_can_be_deleted(self):
        media = self.sandbox.upload(picture()).json["id"]
        self.assertEqual(self.sandbox.ask("DELETE", f"/mastodon/api/v1/media/{media}", headers=POLICE).status, 200)
        self.assertEqual(self.sandbox.post("x", media_ids=[media]).status, 422)

    def test_a_chunked_upload_is_refused_for_want_of_a_length(self):
        connection = self.sandbox.connect()
        connection.putrequest("POST", "/mastodon/api/v2/media")
        for name, value in {**POLICE, "Content-Type": "multipart/form-data; boundary=b",
                            "Transfer-Encoding": "chunked"}.items():
            connection.putheader(name, value)
        connection.endheaders()
        body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff\r\n--b--\r\n'
        connection.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        self.assertEqual(connection.getresponse().status, 411)
        connection.close()

    def test_a_broken_form_is_a_bad_request(self):
        for body, kind in [(b"--b\r\nContent-Disposition: form-data; name=\"file\"", "multipart/form-data; boundary=b"),
                           (b"", "multipart/form-data"), (b"--b", "multipart/form-data; boundary=b"),
                           (b"{", "application/json"), (b"status=%zz", "application/x-www-form-urlencoded"),
                           (b"status=%ff", "application/x-www-form-urlencoded"), (b"x", "text/plain")]:
            answer = self.sandbox.ask("POST", "/mastodon/api/v1/statuses", body, {**POLICE, "Content-Type": kind})
            self.assertIn(answer.status, (400, 422), (body, kind))

    def test_bodies_have_a_size(self):
        self.assertEqual(self.sandbox.post("x" * (1 << 20)).status, 413)
        self.assertEqual(self.sandbox.upload(b"\xff\xd8\xff" + b"\0" * (20 << 20)).status, 413)
        self.refused(self.sandbox.upload(b"\xff\xd8\xff" + b"\0" * (16 << 20)), 422,
                     "Validation failed: File file size must be less than or equal to 16 MB")


class Accounts(SandboxTest):
    def test_who_am_i_is_the_handle_in_the_credential(self):
        me = self.sandbox.ask("GET", "/mastodon/api/v1/accounts/verify_credentials", headers=POLICE).json
        self.assertEqual((me["acct"], me["username"]), ("police", "police"))

    def test_any_other_credential_has_a_stable_name(self):
        who = {"Authorization": "Bearer something-else"}
        names = {self.sandbox.ask("GET", "/mastodon/api/v1/accounts/verify_credentials", headers=who).json["acct"]
                 for _ in range(2)}
        self.assertEqual(names, {"user_" + hashlib.sha256(b"something-else").hexdigest()[:10]})

    def test_no_token_is_an_invalid_token(self):
        for headers in {}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}:
            for method, path in [("GET", "accounts/verify_credentials"), ("POST", "statuses"), ("POST", "media")]:
                answer = self.sandbox.ask(method, f"/mastodon/api/v1/{path}", headers=headers)
                self.refused(answer, 401, "The access token is invalid")

    def test_lists_are_newest_first_and_paged(self):
        me = self.sandbox.ask("GET", "/mastodon/api/v1/accounts/verify_credentials", headers=POLICE).json["id"]
        ids = [self.sandbox.post(f"संख्या {n}").json["id"] for n in range(6)]
        self.sandbox.post("किसी और का", who=OTHER)

        def listed(query=""):
            answer = self.sandbox.ask("GET", f"/mastodon/api/v1/accounts/{me}/statuses?{query}", headers=POLICE)
            return [status["id"] for status in answer.json], answer.headers["Link"]

        self.assertEqual(listed()[0], ids[::-1])
        self.assertEqual(listed("limit=2")[0], [ids[5], ids[4]])
        self.assertEqual(listed(f"limit=2&max_id={ids[4]}")[0], [ids[3], ids[2]])
        self.assertEqual(listed(f"limit=2&since_id={ids[0]}")[0], [ids[5], ids[4]])
        self.assertEqual(listed(f"limit=2&min_id={ids[0]}&exclude_reblogs=true")[0], [ids[2], ids[1]])
        self.assertEqual(listed(f"min_id={ids[5]}"), ([], None))
        following = re.findall(r'<([^>]+)>; rel="(\w+)"', listed("limit=2")[1])
        self.assertEqual([rel for _, rel in following], ["next", "prev"])
        self.assertEqual(listed(urllib.parse.urlparse(following[0][0]).query)[0], [ids[3], ids[2]])

    def test_an_unknown_account_or_path_is_not_found(self):
        self.refused(self.sandbox.ask("GET", "/mastodon/api/v1/accounts/1/statuses"), 404, "Record not found")
        self.refused(self.sandbox.ask("GET", "/mastodon/api/v1/nonsense"), 404, "Not Found")
        self.refused(self.sandbox.ask("PUT", "/mastodon/api/v1/statuses"), 404, "Not Found")


class Limits(SandboxTest):
    options = ("--virtual",)

    def test_headers_tell_the_tightest_limit_in_iso_8601_with_microseconds(self):
        self.sandbox.set_clock("2030-01-01T00:01:00Z")
        headers = self.sandbox.upload(picture()).headers
        self.assertEqual((headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"], headers["X-RateLimit-Reset"]),
                         ("30", "29", "2030-01-01T00:30:00.000000Z"))
        headers = self.sandbox.post("x").headers
        self.assertEqual((headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"], headers["X-RateLimit-Reset"]),
                         ("300", "298", "2030-01-01T00:05:00.000000Z"))

    def test_the_thirty_first_upload_waits_for_the_window(self):
        self.sandbox.set_clock("2030-01-01T00:01:00Z")
        for _ in range(30):
            self.assertEqual(self.sandbox.upload(picture()).status, 200)
        answer = self.sandbox.upload(picture())
        self.refused(answer, 429, "Too many requests")
        self.assertIsNone(answer.headers["Retry-After"])
        self.sandbox.set_clock(answer.headers["X-RateLimit-Reset"])
        self.assertEqual(self.sandbox.upload(picture()).status, 200)


class Unlimited(SandboxTest):
    options = ("--unlimited",)

    def test_unlimited_keeps_no_limit(self):
        for _ in range(40):
            self.assertEqual(self.sandbox.upload(picture()).status, 200)


class Together(SandboxTest):
    def test_ten_senders_with_one_key_make_one_status(self):
        ids = []
        threads = [threading.Thread(target=lambda: ids.append(self.sandbox.post("x", key="k").json["id"]))
                   for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((len(ids), len(set(ids)), len(self.sandbox.posts)), (10, 1, 1))


if __name__ == "__main__":
    unittest.main()
