#!/usr/bin/python3
"""The sandbox's Telegram server: what it takes, what it refuses and in which words, and what it never tells."""
import json
import os
import pathlib
import unittest

from sandbox import SOURCE, SandboxTest, multipart, picture

SPECS = pathlib.Path(os.environ.get("CRIER_SPECS", SOURCE.parent / "shared/specs"))
CONTRACT = SPECS / "telegram/bot-api-10.1.min.json"
PICTURE = picture()
CHANNEL = "@road_safety"


class Telegram(SandboxTest):
    options = ("--virtual=2026-12-01T04:00:00Z",)

    def call(self, method, token="sandbox-police", **arguments):
        return self.sandbox.ask("POST", f"/telegram/bot{token}/{method}", json.dumps(arguments).encode(),
                                {"Content-Type": "application/json"})

    def send_form(self, method, files, **arguments):
        body, mime = multipart(arguments, *files)
        return self.sandbox.ask("POST", f"/telegram/botsandbox-police/{method}", body, {"Content-Type": mime})

    def refused(self, answer, status, words):
        self.assertEqual((answer.status, answer.json["ok"], answer.json["error_code"]), (status, False, status))
        self.assertIn(words, answer.json["description"])

    def test_a_message_is_public_and_answered_with_its_number(self):
        answer = self.call("sendMessage", chat_id=CHANNEL, text="हेलमेट 😀")
        message = answer.json["result"]
        self.assertEqual((answer.status, message["message_id"], message["text"]), (200, 1, "हेलमेट 😀"))
        self.assertEqual(message["chat"]["username"], "road_safety")
        (post,) = self.sandbox.posts
        self.assertEqual((post["account"], post["text"], post["id"]), ("road_safety", "हेलमेट 😀", "1"))

    def test_lengths_are_counted_in_utf_16(self):
        self.assertEqual(self.call("sendMessage", chat_id=CHANNEL, text="😀" * 2048).status, 200)
        self.refused(self.call("sendMessage", chat_id=CHANNEL, text="😀" * 2049), 400, "message is too long")
        photo = [("photo", "a.jpg", "image/jpeg", PICTURE)]
        self.assertEqual(self.send_form("sendPhoto", photo, chat_id=CHANNEL, caption="क" * 1024).status, 200)
        self.refused(self.send_form("sendPhoto", photo, chat_id=CHANNEL, caption="क" * 1025), 400, "caption is too long")

    def test_an_album_is_one_post_with_a_number_for_each_picture(self):
        items = [{"type": "photo", "media": "attach://f0", "caption": "two"}, {"type": "photo", "media": "attach://f1"}]
        files = [(name, f"{name}.jpg", "image/jpeg", PICTURE) for name in ("f0", "f1")]
        messages = self.send_form("sendMediaGroup", files, chat_id=CHANNEL, media=json.dumps(items)).json["result"]
        self.assertEqual([message["message_id"] for message in messages], [1, 2])
        self.assertEqual(len({message["media_group_id"] for message in messages}), 1)
        self.assertEqual(self.call("sendMessage", chat_id=CHANNEL, text="next").json["result"]["message_id"], 3)
        self.refused(self.send_form("sendMediaGroup", [], chat_id=CHANNEL, media=json.dumps(items[:1])), 400, "2-10 items")
        self.refused(self.send_form("sendMediaGroup", [], chat_id=CHANNEL, media=json.dumps(items)), 400, "no photo")

    def test_an_answer_needs_the_message_that_it_answers(self):
        self.call("sendMessage", chat_id=CHANNEL, text="first")
        ok = self.call("sendMessage", chat_id=CHANNEL, text="second", reply_parameters={"message_id": 1})
        self.assertEqual(ok.status, 200)
        self.refused(self.call("sendMessage", chat_id=CHANNEL, text="x", reply_parameters={"message_id": 99}), 400,
                     "message to be replied not found")

    def test_what_was_taken_back_is_gone(self):
        self.call("sendMessage", chat_id=CHANNEL, text="oops")
        self.assertEqual(self.call("deleteMessages", chat_id=CHANNEL, message_ids=[1]).json["result"], True)
        self.assertTrue(self.sandbox.posts[0]["deleted"])
        self.assertEqual(self.call("deleteMessages", chat_id=CHANNEL, message_ids=[1]).status, 200)
        self.refused(self.call("deleteMessage", chat_id=CHANNEL, message_id=1), 400, "message to delete not found")

    def test_who_may_not_is_refused_in_the_servers_words(self):
        self.refused(self.call("getMe", token="a%24b"), 401, "invalid token specified")
        self.refused(self.call("sendMessage", text="x"), 400, "chat_id is empty")
        self.refused(self.call("sendMessage", chat_id="@", text="x"), 400, "chat not found")
        self.refused(self.call("sendMessage", chat_id=CHANNEL, text=" \n"), 400, "message text is empty")
        self.refused(self.call("getUpdates"), 404, "Not Found")
        self.refused(self.call("forwardMessage", chat_id=CHANNEL, from_chat_id=CHANNEL, message_id=1), 404, "Not Found")

    def test_methods_are_known_in_any_case(self):
        self.assertEqual(self.call("SENDmessage", chat_id=CHANNEL, text="x").status, 200)

    def test_twenty_messages_a_minute_and_then_it_says_when(self):
        for number in range(20):
            self.assertEqual(self.call("sendMessage", chat_id=CHANNEL, text=str(number)).status, 200)
        answer = self.call("sendMessage", chat_id=CHANNEL, text="one too many")
        self.refused(answer, 429, "retry after")
        self.assertEqual(answer.json["parameters"]["retry_after"], int(answer.headers["Retry-After"]))
        self.assertLessEqual(answer.json["parameters"]["retry_after"], 60)
        self.assertEqual(self.call("sendMessage", chat_id="@another", text="x").status, 200)

    @unittest.skipUnless(CONTRACT.exists(), "../shared/specs is absent")
    def test_answers_have_what_the_contract_requires(self):
        types = json.loads(CONTRACT.read_text())["types"]
        message = self.call("sendMessage", chat_id=CHANNEL, text="x").json["result"]
        member = self.call("getChatMember", chat_id=CHANNEL,
                           user_id=self.call("getMe").json["result"]["id"]).json["result"]
        for kind, value in (("Message", message), ("Chat", message["chat"]), ("User", self.call("getMe").json["result"]),
                            ("ChatFullInfo", {**self.call("getChat", chat_id=CHANNEL).json["result"],
                                              "accepted_gift_types": {}})):
            lacking = [field["name"] for field in types[kind]["fields"] if field["required"] and field["name"] not in value]
            self.assertEqual([], lacking, kind)
        self.assertTrue(member["can_post_messages"])

    def test_the_page_shows_the_channel(self):
        self.call("sendMessage", chat_id=CHANNEL, text="<b>हेलमेट</b>")
        page = self.sandbox.ask("GET", "/telegram/road_safety")
        self.assertIn("&lt;b&gt;हेलमेट&lt;/b&gt;", page.body.decode())
        self.assertIn("SANDBOX", page.body.decode())


if __name__ == "__main__":
    unittest.main()
