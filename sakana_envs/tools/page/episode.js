"use strict";

// Reads what encode.py wrote.

/** The bytes behind base64 text of zlib data. */
async function inflate(text) {
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Arrays by name: bytes as Uint8Array, wider numbers as Uint32Array. */
function unpack(table, bytes) {
  const arrays = {};
  let start = 0;
  for (const [name, length, width] of table) {
    const values = width === 1 ? bytes.slice(start, start + length) : new Uint32Array(length);
    for (let plane = 0; width > 1 && plane < width; plane++) {
      const from = start + plane * length;
      for (let index = 0; index < length; index++) values[index] |= bytes[from + index] << (8 * plane);
    }
    arrays[name] = values;
    start += length * width;
  }
  return arrays;
}

/** The episode: frame by frame, agent a of frame f at [f * agents + a]; positions in cells. */
function decode(header, bytes) {
  const arrays = unpack(header.arrays, bytes);
  const agents = header.agents;
  const frames = arrays.tick.length;
  const floats = (name) => new Float32Array(Uint32Array.from(arrays[name]).buffer);

  /** What is stored agent by agent, as ``next(before, value)`` sums it up, frame by frame. */
  const byFrame = (name, kind, next, scale = (value) => value) => {
    const packed = arrays[name];
    const out = new kind(packed.length);
    for (let agent = 0; agent < agents; agent++) {
      let value = 0;
      for (let frame = 0; frame < frames; frame++) {
        value = next(value, packed[agent * frames + frame]);
        out[frame * agents + agent] = scale(value);
      }
    }
    return out;
  };
  // Positions were rounded down. In the discrete twin they are exact, elsewhere the middle is nearest to the truth.
  const middle = header.discrete ? 0 : 0.5;
  const position = (name) =>
    byFrame(
      name,
      Float32Array,
      (before, step) => before + ((step >>> 1) ^ -(step & 1)),
      (value) => (value + middle) / header.unit,
    );
  const changes = (name) => {
    if (!(`${name}_first` in arrays)) return null;
    const counts = arrays[`${name}_counts`];
    const cells = Uint32Array.from(arrays[`${name}_gaps`]);
    const starts = new Uint32Array(frames + 1);
    for (let frame = 0; frame < frames; frame++) {
      starts[frame + 1] = starts[frame] + counts[frame];
      for (let index = starts[frame] + 1; index < starts[frame + 1]; index++) cells[index] += cells[index - 1];
    }
    return { first: arrays[`${name}_first`], starts, cells, codes: arrays[`${name}_codes`] };
  };
  return {
    ...header,
    frames,
    tick: arrays.tick,
    row: position("row"),
    col: position("col"),
    kind: byFrame("kind", Uint8Array, (before, step) => (before + step) & 255),
    reward: byFrame("reward", Uint8Array, (before, level) => level),
    levels: floats("levels"),
    curves: floats("curves"),
    ground: changes("ground"),
    layer: changes("layer"),
  };
}

/** Whether agents can have walked from where they were at [index - agents] to where they are at [index]. */
function walked(episode, index) {
  const frame = Math.floor(index / episode.agents);
  const reach = episode.tick[frame] - episode.tick[frame - 1] + 1.5 / episode.unit;
  const before = index - episode.agents;
  return (
    Math.min(episode.row[index], episode.row[before]) >= 0 && // a dead agent is at -1
    Math.abs(episode.row[index] - episode.row[before]) <= reach &&
    Math.abs(episode.col[index] - episode.col[before]) <= reach
  );
}
