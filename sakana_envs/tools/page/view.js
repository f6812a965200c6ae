// What one agent perceives.

/** Cell codes of an agent's window, row by row: what the map shows, agents included, and walls beyond it. */
function windowCodes(episode, terrain, agent, frame) {
  const { row, col, kind, agents, radius, width, height, codes } = episode;
  const side = 2 * radius + 1;
  const seen = new Uint8Array(side * side).fill(codes.wall);
  const start = frame * agents;
  const top = Math.floor(row[start + agent]) - radius;
  const left = Math.floor(col[start + agent]) - radius;
  for (let down = Math.max(0, -top); down < Math.min(side, height - top); down++) {
    for (let right = Math.max(0, -left); right < Math.min(side, width - left); right++) {
      seen[down * side + right] = terrain.ground[(top + down) * width + left + right];
    }
  }
  for (let index = start; index < start + agents; index++) {
    const down = Math.floor(row[index]) - top;
    const right = Math.floor(col[index]) - left;
    if (down >= 0 && right >= 0 && down < side && right < side) seen[down * side + right] = codes.agent + kind[index];
  }
  return { seen, side, top, left };
}

/** Draw the window of an agent, a square per cell; nothing for null. */
function drawView(canvas, episode, terrain, agent, frame) {
  const pixels = Math.round(canvas.clientWidth * Math.min(window.devicePixelRatio || 1, 2));
  canvas.width = canvas.height = Math.max(1, pixels);
  if (agent === null || !pixels) return;
  const context = canvas.getContext("2d");
  const { colours, codes, width, height } = episode;
  if (episode.size) {
    drawSurroundings(context, pixels, episode, terrain, agent, frame);
    return;
  }
  const { seen, side, top, left } = windowCodes(episode, terrain, agent, frame);
  const cell = pixels / side;
  const edge = (number) => Math.round(number * cell);
  for (let down = 0; down < side; down++) {
    for (let right = 0; right < side; right++) {
      const code = seen[down * side + right];
      const [row, col] = [top + down, left + right];
      const inside = row >= 0 && col >= 0 && row < height && col < width;
      const shade = terrain.layer && inside && code !== codes.wall && colours.layer[terrain.layer[row * width + col]];
      const isAgent = code >= codes.agent;
      context.fillStyle = css(isAgent || code === codes.empty ? shade || colours.codes[codes.empty] : colours.codes[code]);
      context.fillRect(edge(right), edge(down), edge(right + 1) - edge(right) - 1, edge(down + 1) - edge(down) - 1);
      if (!isAgent) continue;
      context.beginPath();
      context.arc((right + 0.5) * cell - 0.5, (down + 0.5) * cell - 0.5, DISC * cell, 0, 2 * Math.PI);
      context.fillStyle = css(colours.codes[code]);
      context.fill();
    }
  }
  const middle = edge(episode.radius);
  context.strokeStyle = css(colours.mark);
  context.lineWidth = Math.max(1, 0.1 * cell);
  context.strokeRect(middle, middle, cell - 1, cell - 1);
}
