// SPDX-License-Identifier: Apache-2.0
// The object half of the story by the published Node.js client, unmodified: writes at the source, compares at the destination.
// (It has no replication calls; the rule stands already.) Input: one JSON document as the only argument. Output: one JSON line.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const https = require('https');
const os = require('os');
const path = require('path');
const { Readable } = require('stream');
const OSS = require('ali-oss');

const story = JSON.parse(process.argv[2]);

// With an address as endpoint the client names BUCKET.REGION.aliyuncs.com as host; Node would look for that name in the certificate.
const httpsAgent = new https.Agent({ keepAlive: true, servername: '' });

function client(side, v4) {
  return new OSS({
    accessKeyId: side.access_key_id, accessKeySecret: side.access_key_secret, region: side.location, endpoint: side.endpoint,
    bucket: side.bucket, authorizationV4: v4, httpsAgent,
  });
}

async function eventually(what, check) {
  const end = Date.now() + 60000;
  for (let last; ;) {
    try {
      const seen = await check();
      if (seen) return seen;
    } catch (error) {
      if (error.status !== 404) throw error;
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited 60 s for ${what}; last: ${last}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
}

function assertEqual(what, actual, expected) {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  }
}

async function tell(v4) {
  const source = client(story.source, v4);
  const destination = client(story.destination, v4);
  const stem = v4 ? 'v4' : 'v1';
  const contents = {
    [`${stem}/a b+c%.txt`]: Buffer.from('awkward key'),
    [`${stem}/empty`]: Buffer.alloc(0),
    [`${stem}/\u{1f43c}.bin`]: crypto.randomBytes(300000),
  };
  for (const [key, body] of Object.entries(contents)) {
    await source.put(key, body, { meta: { told: 'by-node' }, mime: 'text/plain' });
  }
  await source.putStream(`${stem}/stream`, Readable.from([Buffer.from('chunk one, '), Buffer.from('chunk two')]));
  contents[`${stem}/stream`] = Buffer.from('chunk one, chunk two');

  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'story-')), 'parts');
  const large = crypto.randomBytes(1024 * 1024 + 17);
  fs.writeFileSync(file, large);
  await source.multipartUpload(`${stem}/parts`, file, { partSize: 300 * 1024, parallel: 3 });
  contents[`${stem}/parts`] = large;

  for (const [key, body] of Object.entries(contents)) {
    const here = await source.head(key);
    const there = await eventually(`the replica of ${key}`, () => destination.head(key));
    for (const name of ['etag', 'last-modified', 'content-length', 'content-type', 'x-oss-hash-crc64ecma', 'x-oss-object-type', 'x-oss-meta-told']) {
      assertEqual(`${key} ${name}`, there.res.headers[name], here.res.headers[name]);
    }
    const got = await destination.get(key);
    assertEqual(`${key} content`, Buffer.compare(got.content, body), 0);
  }

  const list = async (store) => ((await store.listV2({ prefix: `${stem}/`, 'max-keys': 1000 })).objects || []).map((o) => [o.name, o.etag, o.size, o.lastModified]);
  assertEqual('listing', await list(destination), await list(source));

  const [first, second] = Object.keys(contents);
  await source.delete(first);
  await source.deleteMulti([second]);
  for (const key of [first, second]) {
    await eventually(`${key} to leave`, () => destination.head(key).then(() => false, (error) => error.status === 404));
  }
  return Object.keys(contents).length;
}

(async () => {
  const told = { v1: await tell(false), v4: await tell(true) };
  process.stdout.write(`${JSON.stringify(told)}\n`);
})().catch((error) => {
  process.stderr.write(`${error.stack || error}\n`);
  process.exit(1);
});
