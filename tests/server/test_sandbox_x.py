#!/usr/bin/python3
"""The sandbox's X: who may ask, what a post and its media must be, and its answers against the published OpenAPI."""
import json
import re
import time
import unittest
import urllib.parse

from sandbox import VIDEO, SandboxTest, picture, skip
from xapi import NEW, OLD, X, document, signed

GIF = b"GIF89a" + b"\0" * 100
TEXT = "हेलमेट पहनें https://example.gov.in/a?b=1&c=2 <जन> @police"


class XTest(SandboxTest):
    def setUp(self):
        super().setUp()
        self.x = X(self.sandbox)

    def problem(self, answer, status, **members):
        self.assertEqual(answer.status, status, answer.body)
        for name, value in members.items():
            self.assertIn(value, answer.json[name])

    def quirk(self, word, path="/2/", times=1):
        self.sandbox.faults({"platform": "x", "path": path, "do": "quirk", "arg": word, "times": times})

    def later(self, seconds):
        self.x.now = int(time.time()) + seconds
        self.sandbox.set_clock(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.x.now)))

    @property
    def me(self):
        return self.x.ask("GET", "/2/users/me").json["data"]


class Signatures(XTest):
    def ask(self, method="GET", path="/2/users/me", url=None, **more):
        header = signed(method, url or f"{self.sandbox.address}/x{path}", **more)
        return self.sandbox.ask(method, "/x" + path, headers=header)

    def test_a_signature_over_the_address_as_it_was_asked_is_taken(self):
        self.assertEqual(self.ask().json["data"]["username"], "police")
        self.assertEqual(self.ask(path="/2/users/me?user.fields=id,name").status, 200)

    def test_any_other_signature_is_refused(self):
        for more in ({"secrets": ("sandbox-app", "x")}, {"secrets": ("x", "sandbox-police")},
                     {"secrets": ("sandbox-police", "sandbox-app")}, {"oauth_signature": "AAAA"},
                     {"url": "https://api.x.com/2/users/me"}, {"method": "GET", "oauth_token": "sandbox-mayor"},
                     {"oauth_consumer_key": "other"}):
            self.problem(self.ask(**more), 401, title="Unauthorized")
        header = signed("POST", f"{self.sandbox.address}/x/2/users/me")
        self.problem(self.sandbox.ask("GET", "/x/2/users/me", headers=header), 401, title="Unauthorized")

    def test_query_parameters_are_signed(self):
        header = signed("GET", f"{self.sandbox.address}/x/2/users/me")
        self.problem(self.sandbox.ask("GET", "/x/2/users/me?a=b", headers=header), 401, title="Unauthorized")

    def test_a_clock_that_is_off_is_refused(self):
        for apart in (-400, 400):
            self.problem(self.ask(oauth_timestamp=str(int(time.time()) + apart)), 401, title="Unauthorized")
        self.assertEqual(self.ask(oauth_timestamp=str(int(time.time()) - 200)).status, 200)

    def test_a_nonce_is_used_once(self):
        more = {"oauth_nonce": "n1", "oauth_timestamp": str(int(time.time()))}
        self.assertEqual(self.ask(**more).status, 200)
        self.problem(self.ask(**more), 401, title="Unauthorized")

    def test_what_is_no_signature_is_refused(self):
        for value in ("OAuth", "OAuth x", 'OAuth oauth_token="sandbox-police"', "Basic x", ""):
            self.assertIn(self.sandbox.ask("GET", "/x/2/users/me", headers={"Authorization": value}).status, (400, 401))
        self.assertEqual(self.sandbox.ask("GET", "/x/2/users/me").status, 401)

    def test_another_implementation_is_taken(self):
        try:
            from oauthlib.oauth1 import Client
        except ImportError:
            self.skipTest("python3-oauthlib is not installed")
        client = Client("sandbox-app", "sandbox-app", "sandbox-police", "sandbox-police")
        path = "/x/2/users/me?user.fields=id&x=%E0%A4%A8%20%2B"
        _, headers, _ = client.sign(self.sandbox.address + path)
        self.assertEqual(self.sandbox.ask("GET", path, headers=headers).status, 200)


class Pin(XTest):
    def ask(self, path, token=None, **more):
        header = signed("POST", f"{self.sandbox.address}/x{path}", key="sandbox-police", token=token, **more)
        answer = self.sandbox.ask("POST", "/x" + path, headers=header)
        return answer.status, dict(urllib.parse.parse_qsl(answer.body.decode()))

    def test_a_login_with_a_pin_gives_the_tokens_of_the_key_s_account(self):
        status, begun = self.ask("/oauth/request_token", oauth_callback="oob")
        self.assertEqual((status, begun["oauth_callback_confirmed"]), (200, "true"))
        page = self.sandbox.ask("GET", f"/x/oauth/authorize?oauth_token={begun['oauth_token']}").body.decode()
        pin = re.search(r"<code>(\d{7})</code>", page)[1]
        status, done = self.ask("/oauth/access_token", begun["oauth_token"], oauth_verifier=pin)
        self.assertEqual((status, done["screen_name"]), (200, "police"))
        me = X(self.sandbox, done["oauth_token"]).ask("GET", "/2/users/me").json["data"]
        self.assertEqual((me["username"], me["id"]), ("police", done["user_id"]))

    def test_another_number_a_missing_callback_or_a_request_token_alone_is_refused(self):
        self.assertEqual(self.ask("/oauth/request_token")[0], 401)
        _, begun = self.ask("/oauth/request_token", oauth_callback="oob")
        self.assertEqual(self.ask("/oauth/access_token", begun["oauth_token"], oauth_verifier="0000000")[0], 401)
        self.assertEqual(self.ask("/oauth/access_token", "sandbox-police", oauth_verifier="0000000")[0], 401)
        self.assertEqual(X(self.sandbox, begun["oauth_token"]).ask("GET", "/2/users/me").status, 401)


class Tokens(XTest):
    def token(self, headers=None, **fields):
        body = "&".join(f"{name}={value}" for name, value in fields.items())
        return self.sandbox.ask("POST", "/x/2/oauth2/token", body,
                                {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})

    def refresh(self, token):
        return self.token(grant_type="refresh_token", refresh_token=token, client_id="app")

    def me_with(self, access):
        return self.sandbox.ask("GET", "/x/2/users/me", headers={"Authorization": f"Bearer {access}"})

    def test_a_refresh_token_gives_a_pair_once(self):
        first = self.refresh("sandbox-police")
        self.assertEqual((first.status, first.json["expires_in"]), (200, 7200))
        self.assertEqual(self.me_with(first.json["access_token"]).json["data"]["username"], "police")
        second = self.refresh(first.json["refresh_token"]).json
        self.assertNotEqual(second["refresh_token"], first.json["refresh_token"])
        self.assertEqual(self.me_with(second["access_token"]).status, 200)

    def test_a_refresh_token_that_comes_again_ends_the_whole_login(self):
        first = self.refresh("sandbox-police").json
        second = self.refresh(first["refresh_token"]).json
        again = self.refresh(first["refresh_token"])
        self.assertEqual((again.status, again.json["error"]), (400, "invalid_request"))
        self.assertEqual(self.refresh(second["refresh_token"]).status, 400)
        self.assertEqual(self.me_with(second["access_token"]).status, 401)
        self.assertEqual(self.refresh("sandbox-police").status, 400)

    def test_an_access_token_ends_after_two_hours(self):
        access = self.refresh("sandbox-police").json["access_token"]
        self.later(7190)
        self.assertEqual(self.me_with(access).status, 200)
        self.later(7210)
        self.assertEqual(self.me_with(access).status, 401)

    def test_an_app_alone_cannot_ask(self):
        self.problem(self.me_with("AAAAapp"), 403, title="Unsupported Authentication")

    def test_nobody_is_no_client(self):
        self.assertEqual(self.token(grant_type="refresh_token", refresh_token="sandbox-police").json["error"],
                         "unauthorized_client")
        self.assertEqual(self.token({"Authorization": "Basic YTpi"}, grant_type="refresh_token",
                                    refresh_token="sandbox-police").status, 200)

    def test_a_code_makes_a_login(self):
        pair = self.token(grant_type="authorization_code", code="sandbox-police", client_id="app", code_verifier="v",
                          redirect_uri="http://localhost:8080/callback").json
        self.assertEqual(self.me_with(pair["access_token"]).json["data"]["username"], "police")
        self.assertEqual(self.token(grant_type="authorization_code", code="sandbox-police", client_id="app").status, 400)


class Posts(XTest):
    def test_a_text_comes_back_with_its_addresses_replaced(self):
        made = self.x.post(TEXT)
        self.assertEqual(made.status, 201)
        post = self.x.ask("GET", f"/2/tweets/{made.json['data']['id']}?{self.x.fields()}").json["data"]
        url = post["entities"]["urls"][0]
        self.assertEqual(url["expanded_url"], "https://example.gov.in/a?b=1&c=2")
        self.assertEqual(post["text"], f"हेलमेट पहनें {url['url']} &lt;जन&gt; @police")
        self.assertEqual(self.sandbox.posts[0]["text"], TEXT)

    def test_the_same_text_is_refused_for_hours(self):
        self.assertEqual(self.x.post("एक").status, 201)
        self.problem(self.x.post("एक"), 403, detail="duplicate content")
        self.assertEqual(X(self.sandbox, "sandbox-mayor").post("एक").status, 201)
        self.assertEqual(len(self.sandbox.posts), 2)

    def test_a_text_that_was_taken_back_may_be_said_again(self):
        made = self.x.post("एक").json["data"]["id"]
        self.assertEqual(self.x.ask("DELETE", f"/2/tweets/{made}").json, {"data": {"deleted": True}})
        self.assertEqual(self.x.post("एक").status, 201)
        self.problem(self.x.ask("DELETE", f"/2/tweets/{made}"), 404, title="Not Found")

    def test_280_weigh_a_post(self):
        for text in ("न" * 280, "₹" * 140, "😀" * 140, "https://example.gov.in/" + "a" * 400 + " " + "न" * 256,
                     "👨‍👩‍👧‍👦" * 140):
            self.assertEqual(self.x.post(text).status, 201, text)
            self.problem(self.x.post(text + "न"), 403, detail="not permitted")

    def test_a_thread_is_answers_to_own_posts(self):
        first = self.x.post("एक").json["data"]["id"]
        second = self.x.post("दो", parent=first).json["data"]["id"]
        third = self.x.post("तीन", parent=second).json["data"]["id"]
        shown = self.x.ask("GET", f"/2/tweets/{third}?{self.x.fields()}").json["data"]
        self.assertEqual(shown["referenced_tweets"], [{"type": "replied_to", "id": second}])
        self.assertEqual(shown["conversation_id"], first)
        self.problem(X(self.sandbox, "sandbox-mayor").post("नहीं", parent=first), 403, detail="Reply to this")
        self.quirk("no_replies")
        self.problem(self.x.post("चार", parent=third), 403, detail="Reply to this")

    def test_an_answer_to_nothing_is_refused(self):
        self.problem(self.x.post("एक", parent="12345"), 403, detail="deleted or not visible")
        self.assertEqual(self.x.post("एक", parent="x").status, 400)

    def test_own_posts_are_listed_newest_first_in_pages(self):
        made = [self.x.post(f"पोस्ट {n}").json["data"]["id"] for n in range(12)]
        me = self.me["id"]
        found, token = [], ""
        while token is not None:
            page = self.x.ask("GET", f"/2/users/{me}/tweets?max_results=5&{self.x.fields()}{token}").json
            found += [post["id"] for post in page.get("data", [])]
            token = f"&pagination_token={page['meta']['next_token']}" if "next_token" in page["meta"] else None
        self.assertEqual(found, made[::-1])
        empty = self.x.ask("GET", f"/2/users/{me}/tweets?start_time=2098-01-01T00:00:00Z")
        self.assertEqual(empty.json, {"meta": {"result_count": 0}})

    def test_what_is_not_a_parameter_is_refused(self):
        for body in ({"text": "x", "status": "y"}, {}, {"text": 5}, {"text": ""}, {"text": "x", "media": {}},
                     {"text": "x", "media": {"media_ids": []}}, {"text": "x", "media": {"media_ids": ["1"]}}):
            self.assertEqual(self.x.ask("POST", "/2/tweets", body).status, 400, body)
        for path in (f"/2/users/{self.me['id']}/tweets?max_results=4", "/2/tweets/1?tweet.fields=nonsense"):
            self.assertEqual(self.x.ask("GET", path).status, 400, path)

    def test_every_answer_says_how_often_one_may_still_ask(self):
        answer = self.x.post("एक")
        self.assertEqual((answer.headers["x-rate-limit-limit"], answer.headers["x-rate-limit-remaining"]), ("100", "99"))
        self.assertGreater(int(answer.headers["x-rate-limit-reset"]), time.time())

    def test_no_money_is_402_in_both_shapes(self):
        for quirk, kind, title in (("no_credits", "/credits", "CreditsDepleted"),
                                   ("payment", "/credits-depleted", "Payment Required")):
            self.quirk(quirk)
            answer = self.x.post("एक")
            self.assertTrue(answer.json["type"].endswith(kind))
            self.problem(answer, 402, title=title)
        self.assertEqual(self.sandbox.posts, [])

    def test_a_post_can_be_public_and_the_answer_broken(self):
        self.quirk("partial")
        answer = self.x.post("एक")
        self.assertEqual((answer.status, sorted(answer.json)), (201, ["data", "errors"]))
        self.assertEqual(len(self.sandbox.posts), 1)

    def test_a_post_may_not_be_readable_at_once(self):
        made = self.x.post("एक").json["data"]["id"]
        self.quirk("lag", times=0)
        self.assertEqual(self.x.ask("GET", f"/2/tweets/{made}").status, 404)
        self.assertEqual(self.x.ask("GET", f"/2/users/{self.me['id']}/tweets").json["meta"]["result_count"], 0)

    def test_its_page_shows_the_posts(self):
        made = self.x.post(TEXT).json["data"]["id"]
        for path in ("/x/police", f"/x/police/status/{made}"):
            page = self.sandbox.ask("GET", path).body.decode()
            self.assertIn("SANDBOX", page)
            self.assertIn("हेलमेट पहनें", page)
        self.assertEqual(self.sandbox.ask("GET", "/x/nobody").status, 404)


class Rates(XTest):
    options = ("--virtual=2026-11-22T04:00:00Z",)

    def test_the_hundred_and_first_post_of_a_quarter_is_too_many(self):
        self.x.now = 1795320000
        self.assertEqual([self.x.post(f"पोस्ट {n}").status for n in range(101)], [201] * 100 + [429])
        answer = self.x.post("एक")
        self.problem(answer, 429, title="Too Many Requests")
        self.assertEqual(answer.headers["x-rate-limit-reset"], str(1795320000 + 900))


class Media(XTest):
    def test_a_picture_goes_up_in_one_request(self):
        media = self.x.upload(picture()).json["data"]
        self.assertEqual((media["size"], media["expires_after_secs"]), (len(picture()), 86400))
        self.assertEqual(self.x.ask("POST", "/2/media/metadata", {
            "id": media["id"], "metadata": {"alt_text": {"text": "चित्र"}}}).status, 200)
        self.assertEqual(self.x.post("एक", [media["id"]]).status, 201)
        self.assertEqual(self.sandbox.posts[0]["media"][0]["alt"], "चित्र")

    def test_a_picture_that_is_none_is_refused(self):
        for content, category in ((b"x", "tweet_image"), (VIDEO, "tweet_image"), (picture(), "tweet_video"),
                                  (picture(), "nonsense"), (b"", "tweet_image"),
                                  (picture() + b"\0" * 5_000_000, "tweet_image")):
            self.assertEqual(self.x.upload(content, category).status, 400, category)

    def test_a_video_goes_up_in_pieces_and_is_processed(self):
        video = VIDEO + bytes(range(256)) * 20
        done = self.x.chunked(video).json["data"]
        self.assertEqual((done["size"], done["processing_info"]["state"]), (len(video), "in_progress"))
        early = self.x.post("एक", [done["id"]])
        self.assertEqual((early.status, early.json["errors"][0]["message"]), (400, "Your media IDs are invalid."))
        self.assertGreater(self.x.status(done["id"]).json["data"]["processing_info"]["check_after_secs"], 0)
        self.later(10)
        self.assertEqual(self.x.status(done["id"]).json["data"]["processing_info"]["state"], "succeeded")
        self.assertEqual(self.x.post("एक", [done["id"]]).status, 201)
        self.assertEqual(self.sandbox.posts[0]["media"][0]["bytes"], len(video))

    def test_pieces_stand_in_order_and_one_may_come_again(self):
        media = self.x.initialize(len(VIDEO)).json["data"]["id"]
        self.assertEqual(self.x.append(media, 1, VIDEO[50:]).status, 400)
        self.assertEqual(self.x.append(media, 0, VIDEO[:50]).status, 200)
        self.assertEqual(self.x.append(media, 0, VIDEO[:50]).status, 200)
        self.assertEqual(self.x.finalize(media).status, 400)
        self.assertEqual(self.x.status(media).status, 404)
        self.assertEqual(self.x.append(media, 1, VIDEO[50:]).status, 200)
        self.assertEqual(self.x.finalize(media).json["data"]["size"], len(VIDEO))
        self.assertEqual(self.x.finalize(media).status, 400)
        self.assertEqual(self.x.append(media, 2, b"x").status, 404)

    def test_a_piece_can_be_too_large(self):
        media = self.x.initialize(10_000_000).json["data"]["id"]
        self.assertEqual(self.x.append(media, 0, b"\0" * 5_000_000).status, 431)

    def test_processing_can_fail(self):
        media = self.x.initialize(len(VIDEO)).json["data"]["id"]
        self.x.append(media, 0, VIDEO)
        self.quirk("fail", "/2/media/upload/*/finalize")
        self.x.finalize(media)
        self.later(10)
        info = self.x.status(media).json["data"]["processing_info"]
        self.assertEqual((info["state"], info["error"]["message"]), ("failed", "file is currently unsupported"))
        self.assertEqual(self.x.post("एक", [media]).status, 400)

    def test_media_stand_alone_or_four_pictures_together(self):
        gif = self.x.chunked(GIF, kind="image/gif", category="tweet_gif").json["data"]["id"]
        pictures = [self.x.upload(picture() + bytes([n])).json["data"]["id"] for n in range(5)]
        self.later(86401)
        fresh = [self.x.upload(picture() + bytes([9, n])).json["data"]["id"] for n in range(5)]
        self.assertEqual(self.x.post("पुराने", pictures[:1]).status, 400)  # a day is over
        self.assertEqual(self.x.post("पाँच", fresh).status, 400)
        self.assertEqual(self.x.post("मिला", [fresh[0], gif]).status, 400)
        self.assertEqual(self.x.post("चार", fresh[:4]).status, 201)

    def test_media_belong_to_who_uploaded_them(self):
        media = self.x.upload(picture()).json["data"]["id"]
        mayor = X(self.sandbox, "sandbox-mayor")
        self.assertEqual(mayor.post("एक", [media]).status, 400)
        self.assertEqual(mayor.append(media, 0, b"x").status, 404)

    def test_subtitles_belong_to_a_video(self):
        video = self.x.chunked(VIDEO).json["data"]["id"]
        track = self.x.upload("1\n00:00:00,000 --> 00:00:01,000\nनमस्ते\n".encode(), "subtitles").json["data"]["id"]
        body = {"id": video, "media_category": "TweetVideo",
                "subtitles": {"id": track, "language_code": "HI", "display_name": "हिन्दी"}}
        self.assertEqual(self.x.ask("POST", "/2/media/subtitles", body).status, 200)
        for change in ({"id": track}, {"media_category": "x"}, {"subtitles": {**body["subtitles"], "id": video}},
                       {"subtitles": {**body["subtitles"], "language_code": "hi"}}, {"subtitles": None}):
            self.assertIn(self.x.ask("POST", "/2/media/subtitles", {**body, **change}).status, (400, 404))


class AgainstTheDocument(XTest):
    """Its answers, as the two published versions describe them."""

    @classmethod
    def setUpClass(cls):
        cls.old, cls.new = document(OLD), document(NEW)

    def fits(self, answer, method, path, schema=None, status=200):
        self.assertEqual(answer.status, status, answer.body)
        schema = schema or self.new
        name, operation = schema.operation(method, path)
        self.assertIsNotNone(operation, path)
        responses = operation["responses"]
        content = responses.get(str(status), responses.get("default"))["content"]
        body = answer.json
        self.assertEqual([], schema.faults(body, content["application/json"]["schema"]), (name, body))
        return body.get("data")

    def test_posts_in_both_spellings(self):
        for schema, which in ((self.old, "tweet.fields"), (self.new, "post.fields")):
            if schema is self.new:
                self.quirk("renamed")
            post = self.fits(self.x.post(TEXT + which), "POST", "/2/tweets", schema, 201)
            path = f"/2/tweets/{post['id']}?{self.x.fields(which)}"
            self.fits(self.x.ask("GET", path), "GET", path, schema)
            path = f"/2/users/{self.me['id']}/tweets?max_results=5&{self.x.fields(which)}"
            self.fits(self.x.ask("GET", path), "GET", path, schema)
            self.fits(self.x.ask("DELETE", f"/2/tweets/{post['id']}"), "DELETE", "/2/tweets/1", schema)
            self.fits(self.x.ask("GET", "/2/users/me"), "GET", "/2/users/me", schema)

    def test_media(self):
        self.fits(self.x.upload(picture()), "POST", "/2/media/upload")
        media = self.fits(self.x.initialize(len(VIDEO)), "POST", "/2/media/upload/initialize")["id"]
        self.fits(self.x.append(media, 0, VIDEO), "POST", "/2/media/upload/1/append")
        self.fits(self.x.finalize(media), "POST", "/2/media/upload/1/finalize")
        self.fits(self.x.status(media), "GET", "/2/media/upload")
        self.fits(self.x.ask("POST", "/2/media/metadata", {"id": media, "metadata": {"alt_text": {"text": "x"}}}),
                  "POST", "/2/media/metadata")

    def test_problems(self):
        problem = {"$ref": "#/components/schemas/Problem"}
        self.assertEqual([], self.new.faults(self.x.ask("GET", "/2/tweets/1").json, problem))
        answer = self.x.ask("POST", "/2/tweets", {"nonsense": 1}).json
        self.assertEqual([], self.new.faults(answer, problem), answer)

    def test_the_checker_notices_what_is_wrong(self):
        schema = {"$ref": "#/components/schemas/CreatePostsRequest"}
        for body in ({"text": 1}, {"nonsense": ""}, {"media": {"media_ids": []}}, {"media": {"media_ids": ["x"]}},
                     {"reply": {}}, {"reply": {"in_reply_to_tweet_id": "abc"}}):
            self.assertNotEqual([], self.new.faults(body, schema), body)
        self.assertEqual([], self.new.faults(json.loads('{"text":"x","reply":{"in_reply_to_tweet_id":"1"}}'), schema))


if __name__ == "__main__":
    if not NEW.exists():
        skip("sandbox_x", "the OpenAPI documents are not here (CRIER_SPECS)")
    unittest.main(verbosity=2)
