import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const MOST_COLOURS = 256;

/**
 * The picture in less than half of the bytes. A page has few colours, and browsers write each pixel in
 * full; beyond what a palette holds there are only shades at the edges of letters, each of which
 * becomes one that looks the same.
 */
export function smallerPng(png) {
  const { width, height, channels, pixels } = read(png);
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += channels) {
    const colour = pixels.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const { palette, indexes } = makePalette(counts);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = pixels.readUIntBE((y * width + x) * channels, 3);
      // The byte before each row stays 0: no filter, which is best for a palette.
      rows[y * (width + 1) + 1 + x] = indexes.get(colour);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3], 8);
  const colours = Buffer.alloc(palette.length * 3);
  for (const [index, colour] of palette.entries()) colours.writeUIntBE(colour, index * 3, 3);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The most frequent colours, and what has to be there for none to end far from what it was. */
function makePalette(counts) {
  const byCount = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
  // By count alone, the one small icon in a colour would lose it to shades of grey.
  const palette = new Set(distinct(byCount));
  for (const colour of byCount) {
    if (palette.size === MOST_COLOURS) break;
    palette.add(colour);
  }
  const kept = [...palette];
  const indexes = new Map();
  for (const colour of byCount) {
    const distances = kept.map((one) => distance(one, colour));
    indexes.set(colour, distances.indexOf(Math.min(...distances)));
  }
  return { palette: kept, indexes };
}

/** So few of the colours that half a palette holds them, each of the others near to one. */
function distinct(byCount) {
  for (let tolerance = 8; ; tolerance += 4) {
    const kept = [];
    for (const colour of byCount) {
      if (!kept.some((one) => distance(one, colour) <= tolerance)) kept.push(colour);
    }
    if (kept.length <= MOST_COLOURS / 2) return kept;
  }
}

/** The largest difference of a channel. */
function distance(one, other) {
  const differences = [16, 8, 0].map((bits) => ((one >> bits) & 255) - ((other >> bits) & 255));
  return Math.max(...differences.map(Math.abs));
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** The pixels of what a browser writes: 8 bits a channel, not interlaced. */
function read(png) {
  const data = [];
  let head;
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const content = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") head = content;
    if (type === "IDAT") data.push(content);
    at += length + 12;
  }
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const channels = { 2: 3, 6: 4 }[head[9]];
  if (head[8] !== 8 || channels === undefined || head[12] !== 0) {
    throw new Error("a PNG of another kind than browsers write");
  }
  const pixels = unfilter(inflateSync(Buffer.concat(data)), width * channels, height, channels);
  return { width, height, channels, pixels };
}

/** Takes back the filters of the rows (PNG, third edition, 9.2). */
function unfilter(rows, stride, height, channels) {
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < channels ? 0 : out[at - channels];
      const up = y === 0 ? 0 : out[at - stride];
      const corner = x < channels || y === 0 ? 0 : out[at - stride - channels];
      const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
      out[at] = rows[y * (stride + 1) + 1 + x] + guesses[filter];
    }
  }
  return out;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((one) => Math.abs(guess - one));
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
