// The map with its agents on a canvas, seen by a camera.

const DISC = 0.42; // radius of an agent, in cells
const FOOD_DISC = 0.28;
const SMALLEST_DISC = 2; // pixels of the page
const TINY = 3; // pixels of the screen
const FOOD_IS_DRAWN = 3; // pixels per cell from which on food is discs
const MOST_FOOD_CELLS = 40000; // cells in sight up to which food is discs
const HEADING_FRAMES = 64; // how far back the last move is looked for
const SEGMENTS = 16000; // of all trails together
const TRAIL = 24; // ticks

class Picture extends Camera {
  constructor(canvas, episode, terrain) {
    super(canvas, episode);
    this.context = canvas.getContext("2d", { alpha: false });
    this.terrain = terrain;
    this.x = new Float32Array(episode.things); // of all things, in pixels of the page, as last drawn
    this.y = new Float32Array(episode.things);
  }

  /** The agent that is drawn at (x, y), or near it; null if there is none. */
  agentAt(x, y) {
    let nearest = null;
    let distance = Math.max((0.8 / DISC) * this.episode.disc * this.scale, 12);
    for (let agent = 0; agent < this.episode.agents; agent++) {
      const away = Math.hypot(this.x[agent] - x, this.y[agent] - y);
      if (away < distance) [nearest, distance] = [agent, away];
    }
    return nearest;
  }

  /** Draw the moment ``time``, in frames; between two frames, agents are on their way. */
  draw(time, { agent, centred, trails, view }) {
    const frame = Math.floor(time);
    const { episode, context, terrain, ratio } = this;
    const { clientWidth, clientHeight } = this.canvas;
    this.frame = frame;
    terrain.seek(frame);
    const follows = agent !== null && centred && !this.showsAll && episode.lives[frame * episode.things + agent];
    if (follows) [this.row, this.col] = this._position(agent, frame, time - frame);
    this._place(frame, time - frame);
    const left = clientWidth / 2 - this.col * this.scale;
    const top = clientHeight / 2 - this.row * this.scale;
    const [width, height] = [episode.width * this.scale, episode.height * this.scale];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = css(episode.bounded ? episode.colours.gap : episode.colours.codes[episode.codes.empty]);
    context.fillRect(0, 0, clientWidth, clientHeight);
    const inSight = (Math.min(clientWidth, width) * Math.min(clientHeight, height)) / this.scale ** 2;
    terrain.setShowFood(this.scale < FOOD_IS_DRAWN || inSight > MOST_FOOD_CELLS);
    // Walls around the map, which agents see as its border.
    context.fillStyle = css(episode.colours.codes[episode.codes.wall]);
    if (episode.bounded) context.fillRect(left - 2, top - 2, width + 4, height + 4);
    context.imageSmoothingEnabled = this.scale * ratio < 1;
    context.drawImage(terrain.canvas, left, top, width, height);
    if (!terrain.showFood) this._drawFood(left, top);
    if (trails) this._drawTrails(frame, left, top);
    if (episode.size) this._drawDiscs(frame, time);
    else this._drawAgents(frame, time);
    if (agent !== null) this._drawMark(agent, left, top, view);
  }

  /** [row, col] of a thing that is a ``share`` of the way to the next frame. */
  _position(thing, frame, share) {
    const { row, col, things, frames } = this.episode;
    const index = frame * things + thing;
    const next = index + things;
    if (share === 0 || frame + 1 >= frames || !walked(this.episode, next)) return [row[index], col[index]];
    return [row[index] + share * (row[next] - row[index]), col[index] + share * (col[next] - col[index])];
  }

  _place(frame, share) {
    const { clientWidth, clientHeight } = this.canvas;
    const { things, lives } = this.episode;
    for (let thing = 0; thing < things; thing++) {
      const [row, col] = this._position(thing, frame, share);
      this.x[thing] = !lives[frame * things + thing] ? NaN : (col - this.col) * this.scale + clientWidth / 2;
      this.y[thing] = (row - this.row) * this.scale + clientHeight / 2;
    }
  }

  _isInSight(agent, margin) {
    const [x, y] = [this.x[agent], this.y[agent]];
    return x > -margin && y > -margin && x < this.canvas.clientWidth + margin && y < this.canvas.clientHeight + margin;
  }

  /** A disc; a tiny one is a blunt cross, which looks the same and is drawn several times faster. */
  _disc(x, y, radius) {
    const { context } = this;
    if (radius * this.ratio <= TINY) {
      const half = 0.55 * radius;
      context.fillRect(x - radius, y - half, 2 * radius, 2 * half);
      context.fillRect(x - half, y - radius, 2 * half, 2 * radius);
      return;
    }
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }

  _drawFood(left, top) {
    const { width, height, codes, colours } = this.episode;
    const radius = Math.max(FOOD_DISC * this.scale, 0.7 * SMALLEST_DISC);
    this.context.fillStyle = css(colours.codes[codes.food]);
    const first = (start) => Math.max(0, Math.floor(-start / this.scale));
    const last = (start, pixels, cells) => Math.min(cells, Math.ceil((pixels - start) / this.scale));
    const rows = last(top, this.canvas.clientHeight, height);
    const cols = last(left, this.canvas.clientWidth, width);
    for (let row = first(top); row < rows; row++) {
      for (let col = first(left); col < cols; col++) {
        if (this.terrain.ground[row * width + col] !== codes.food) continue;
        this._disc(left + (col + 0.5) * this.scale, top + (row + 0.5) * this.scale, radius);
      }
    }
  }

  _drawAgents(frame, time) {
    const { agents, kind, codes, colours, discrete } = this.episode;
    const radius = Math.max(DISC * this.scale, SMALLEST_DISC);
    const kinds = colours.codes.slice(codes.agent);
    if (!discrete && radius >= 2.5) this._drawTails(frame, time, radius, kinds);
    kinds.forEach((colour, of) => {
      this.context.fillStyle = css(colour);
      for (let agent = 0; agent < agents; agent++) {
        if (kind[frame * agents + agent] !== of || !this._isInSight(agent, radius)) continue;
        this._disc(this.x[agent], this.y[agent], radius);
      }
    });
  }

  _drawDiscs(frame, time) {
    const { things, size, discrete, codes, colours } = this.episode;
    const radius = (thing) => Math.max(size[frame * things + thing] * this.scale, SMALLEST_DISC);
    if (!discrete && !this.episode.heading) {
      this._drawTails(frame, time, this.episode.disc * this.scale, colours.codes.slice(codes.agent));
    }
    for (const thing of largestFirst(this.episode, frame)) {
      if (!this._isInSight(thing, radius(thing))) continue;
      drawDisc(this.context, this.episode, frame, thing, this.x[thing], this.y[thing], radius(thing));
    }
  }

  /** In the continuous twin an agent has a tail, opposite to where it goes. */
  _drawTails(frame, time, radius, kinds) {
    const { agents, things, kind, frames } = this.episode;
    const from = time > frame ? Math.min(frame + 1, frames - 1) : frame;
    const paths = kinds.map(() => new Path2D());
    for (let agent = 0; agent < agents; agent++) {
      if (!this._isInSight(agent, 2 * radius)) continue;
      const [down, right] = heading(this.episode, agent, from);
      const path = paths[kind[frame * things + agent]];
      path.moveTo(this.x[agent], this.y[agent]);
      path.lineTo(this.x[agent] - right * 2 * radius, this.y[agent] - down * 2 * radius);
    }
    this._strokeKinds(paths, kinds, radius, 1);
  }

  _drawTrails(frame, left, top) {
    const { things, kind, row, col, codes, colours, disc } = this.episode;
    const kinds = colours.codes.slice(codes.agent);
    const paths = kinds.map(() => new Path2D());
    const seen = [];
    for (let thing = 0; thing < things; thing++) if (this._isInSight(thing, TRAIL * this.scale)) seen.push(thing);
    const length = Math.max(2, Math.min(TRAIL, Math.floor(SEGMENTS / seen.length)));
    for (const thing of seen) {
      const path = paths[kind[frame * things + thing]];
      path.moveTo(this.x[thing], this.y[thing]);
      for (let back = frame; back >= Math.max(0, frame - length); back--) {
        const index = back * things + thing;
        path.lineTo(left + col[index] * this.scale, top + row[index] * this.scale);
        if (back > 0 && !walked(this.episode, index)) break;
      }
    }
    this._strokeKinds(paths, kinds, Math.max(1, (0.16 / DISC) * disc * this.scale), 0.55);
  }

  _strokeKinds(paths, kinds, width, opacity) {
    const { context } = this;
    context.globalAlpha = opacity;
    context.lineWidth = width;
    // Round ends of thin lines aren't seen, and take most of the time.
    context.lineCap = width > 1 ? "round" : "butt";
    context.lineJoin = width > 1 ? "round" : "bevel";
    kinds.forEach((colour, kind) => {
      context.strokeStyle = css(colour);
      context.stroke(paths[kind]);
    });
    context.globalAlpha = 1;
  }

  _drawMark(agent, left, top, view) {
    const { context, scale } = this;
    const { radius, size, disc, things } = this.episode;
    const around = size ? size[this.frame * things + agent] : disc;
    context.strokeStyle = css(this.episode.colours.mark);
    context.lineWidth = 2;
    context.beginPath();
    context.arc(this.x[agent], this.y[agent], Math.max(around * scale, 3) + 2.5, 0, 2 * Math.PI);
    context.stroke();
    if (!view) return;
    if (size) {
      drawSights(context, this.episode, agent, this.frame, this.x[agent], this.y[agent], scale);
      return;
    }
    const row = Math.floor((this.y[agent] - top) / scale) - radius;
    const col = Math.floor((this.x[agent] - left) / scale) - radius;
    const side = (2 * radius + 1) * scale;
    context.globalAlpha = 0.8;
    context.lineWidth = 1;
    context.strokeRect(left + col * scale, top + row * scale, side, side);
    context.globalAlpha = 1;
  }
}

/** The direction [row, col], of length 1, of the last move that an agent made up to a frame; [0, 0] if it made none. */
function heading(episode, agent, frame) {
  const { row, col, things } = episode;
  for (let back = frame; back > Math.max(0, frame - HEADING_FRAMES); back--) {
    const index = back * things + agent;
    const [down, right] = [row[index] - row[index - things], col[index] - col[index - things]];
    if (!walked(episode, index)) return [0, 0];
    if (down || right) return [down / Math.hypot(down, right), right / Math.hypot(down, right)];
  }
  return [0, 0];
}

function css(colour) {
  return `rgb(${colour.join(",")})`;
}
