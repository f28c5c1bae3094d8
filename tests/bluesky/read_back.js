/* read_back.js - the posts of an account on a server, as Bluesky's own library reads them.
 *
 *     node read_back.js URL
 *
 * Reads DIDs as lines of JSON, answers each with a line: a list of its posts, oldest first, each with the
 * library's own verdict on the record, its text cut at its facets, and its pictures as the server serves them.
 */
"use strict";

const crypto = require("node:crypto");
const readline = require("node:readline");
const { AtpAgent, AppBskyFeedPost, RichText } = require("@atproto/api");

const COLLECTION = "app.bsky.feed.post";
const agent = new AtpAgent({ service: process.argv[2] });

async function records(repo) {
  const all = [];
  let cursor;
  do {
    const { data } = await agent.com.atproto.repo.listRecords({ repo, collection: COLLECTION, limit: 100, cursor });
    all.push(...data.records);
    cursor = data.cursor;
  } while (cursor);
  return all.reverse();
}

async function picture(did, { alt, aspectRatio, image }) {
  const { data } = await agent.com.atproto.sync.getBlob({ did, cid: image.ref.toString() });
  const sha256 = crypto.createHash("sha256").update(data).digest("hex");
  return { alt, aspectRatio, mime: image.mimeType, stated: image.size, bytes: data.length, sha256 };
}

function segment({ text, link, tag }) {
  return { text, link: link?.uri, tag: tag?.tag };
}

async function post(did, { uri, value }) {
  const images = value.embed?.images ?? [];
  return {
    uri,
    rkey: uri.split("/").pop(),
    valid: AppBskyFeedPost.validateRecord(value).success,
    text: value.text,
    segments: [...new RichText(value).segments()].map(segment),
    card: value.embed?.external,
    images: await Promise.all(images.map((image) => picture(did, image))),
    langs: value.langs,
    createdAt: value.createdAt,
  };
}

async function answer(line) {
  const did = JSON.parse(line);
  const posts = [];
  for (const record of await records(did)) posts.push(await post(did, record));
  console.log(JSON.stringify(posts));
}

let last = Promise.resolve();
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  last = last.then(() => answer(line)).catch((error) => {
    console.error(error);
    process.exit(1);
  });
});
