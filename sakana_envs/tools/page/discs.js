// Worlds of discs: everything at its own size, where agents look, and what they sense.

const SURROUNDINGS = 25; // radii of an agent that its view shows from side to side

/** The things of a frame, large ones first, so that small ones come to lie on them. */
function largestFirst({ size, things }, frame) {
  const now = size.subarray(frame * things, (frame + 1) * things);
  return [...now.keys()].sort((one, other) => now[other] - now[one] || one - other);
}

/** Draw what is at (x, y), with radius ``radius``, of thing ``thing``, all in pixels. */
function drawDisc(context, episode, frame, thing, x, y, radius) {
  const { things, agents, kind, heading, codes, colours } = episode;
  context.fillStyle = css(colours.codes[codes.agent + kind[frame * things + thing]]);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = css(colours.codes[codes.empty]);
  context.lineCap = "round";
  context.lineWidth = 0.6;
  context.stroke();
  if (!heading || thing >= agents || radius < 2) return;
  const angle = (heading[frame * agents + thing] / 128) * Math.PI;
  context.lineWidth = Math.max(0.28 * radius, 1);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + Math.cos(angle) * radius, y - Math.sin(angle) * radius);
  context.stroke();
}

/** Lines from the edge of an agent at (x, y), in pixels, to what it senses. */
function drawSights(context, { sight, sights, agents, size, things }, agent, frame, x, y, scale) {
  if (!sight) return;
  context.strokeStyle = context.fillStyle = "rgba(255, 255, 255, 0.4)";
  context.lineWidth = 1;
  const radius = size[frame * things + agent] * scale;
  for (let place = 0; place < sights; place++) {
    const index = 2 * ((frame * agents + agent) * sights + place);
    const [down, right] = [sight[index] * scale, sight[index + 1] * scale];
    if (!down && !right) continue;
    context.beginPath();
    const share = Math.min(1, radius / Math.hypot(right, down));
    context.moveTo(x + right * share, y + down * share);
    context.lineTo(x + right, y + down);
    context.stroke();
    context.beginPath();
    context.arc(x + right, y + down, 2.5, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Draw what is around an agent on a square canvas of so many pixels. */
function drawSurroundings(context, pixels, episode, terrain, agent, frame) {
  const { things, row, col, size, lives, disc, width, height, codes, colours, bounded } = episode;
  const middle = frame * things + agent;
  const scale = pixels / Math.min(SURROUNDINGS * disc, 1.02 * Math.max(width, height));
  const place = (index) => [(col[index] - col[middle]) * scale + pixels / 2, (row[index] - row[middle]) * scale + pixels / 2];
  const [left, top] = [pixels / 2 - col[middle] * scale, pixels / 2 - row[middle] * scale];
  context.fillStyle = css(colours.codes[bounded ? codes.wall : codes.empty]);
  context.fillRect(0, 0, pixels, pixels);
  context.imageSmoothingEnabled = false;
  context.drawImage(terrain.canvas, left, top, width * scale, height * scale);
  for (const thing of largestFirst(episode, frame)) {
    const index = frame * things + thing;
    if (lives[index]) drawDisc(context, episode, frame, thing, ...place(index), size[index] * scale);
  }
  if (lives[middle]) drawSights(context, episode, agent, frame, pixels / 2, pixels / 2, scale);
}
