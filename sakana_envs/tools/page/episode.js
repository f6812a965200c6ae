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

/** The episode, frame by frame. Things are agents, then others: thing t of frame f is at [f * things + t], what only
 * agents have at [f * agents + a]; lengths in cells. */
function decode(header, bytes) {
  const arrays = unpack(header.arrays, bytes);
  const { agents, things } = header;
  const frames = arrays.tick.length;
  const floats = (name) => new Float32Array(Uint32Array.from(arrays[name]).buffer);

  /** What is stored column by column, as ``next(before, value)`` sums it up, frame by frame; null if it isn't there. */
  const byFrame = (name, kind, next, scale = (value) => value) => {
    const packed = arrays[name];
    if (!packed) return null;
    const columns = packed.length / frames;
    const out = new kind(packed.length);
    for (let column = 0; column < columns; column++) {
      let value = 0;
      for (let frame = 0; frame < frames; frame++) {
        value = next(value, packed[column * frames + frame]);
        out[frame * columns + column] = scale(value);
      }
    }
    return out;
  };
  const zigzag = (before, step) => before + ((step >>> 1) ^ -(step & 1));
  const added = (before, step) => (before + step) >>> 0;
  const same = (before, value) => value;
  // Positions were rounded down. Of cells in the discrete twin they are exact, else the middle is nearest to the truth.
  const middle = header.discrete && !("size" in arrays) ? 0 : 0.5;
  const position = (name) => byFrame(name, Float32Array, zigzag, (value) => (value + middle) / header.unit);
  const bits = byFrame("size", Uint32Array, added);
  const size = bits && new Float32Array(bits.buffer);
  const row = position("row");
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
    row,
    col: position("col"),
    lives: size ? size.map((radius) => radius > 0) : Uint8Array.from(row, (at) => at >= 0), // a dead agent of cells is at -1
    jump: byFrame("jump", Uint8Array, same),
    kind: byFrame("kind", Uint8Array, added),
    size,
    heading: byFrame("heading", Uint8Array, added),
    sight: byFrame("sight", Float32Array, zigzag, (value) => value / header.unit),
    reward: byFrame("reward", Uint8Array, same),
    levels: floats("levels"),
    curves: floats("curves"),
    ground: changes("ground"),
    layer: changes("layer"),
  };
}

/** Whether a thing came from where it was in the frame before to where it is at [index] by moving. */
function walked({ lives, jump, things }, index) {
  return lives[index] && lives[index - things] && !jump[index];
}
