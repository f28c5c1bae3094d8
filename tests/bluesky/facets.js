/* facets.js - what Bluesky's own library finds in a text; mentions are left out.
 *
 * Reads texts as lines of JSON, answers each with a line: [{"start":6,"end":24,"link":"https://..."}], in UTF-8 bytes.
 */
"use strict";

const readline = require("node:readline");
const { RichText } = require("@atproto/api");

function found({ index, features: [feature] }) {
  const [kind] = feature.$type.split("#").slice(-1);
  return { start: index.byteStart, end: index.byteEnd, [kind]: feature.uri ?? feature.tag ?? feature.did };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const text = new RichText({ text: JSON.parse(line) });
  text.detectFacetsWithoutResolution();
  const facets = (text.facets ?? []).map(found).filter((facet) => !("mention" in facet));
  console.log(JSON.stringify(facets.sort((one, other) => one.start - other.start)));
});
