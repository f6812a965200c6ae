// Curves over the episode, with a cursor at the moment that is shown.

const REWARD = "Reward per tick";
const RETURN = "Return so far";
const EDGE = 6; // pixels above, below and beside the curves

class Chart {
  /** ``figure`` holds a select, a legend and a canvas; ``chosen`` names a chart; ``seek`` is called with a frame. */
  constructor(figure, episode, chosen, seek) {
    this.episode = episode;
    this.select = figure.querySelector("select");
    this.legend = figure.querySelector(".lines");
    this.canvas = figure.querySelector("canvas");
    this.context = this.canvas.getContext("2d");
    this.charts = charts(episode);
    for (const { name } of this.charts) this.select.add(new Option(name));
    this.select.selectedIndex = this.charts.findIndex(({ name }) => name === chosen);
    const follow = (event) => {
      const { left, width } = this.canvas.getBoundingClientRect();
      const share = (event.clientX - left - EDGE) / (width - 2 * EDGE);
      seek(Math.round(Math.min(Math.max(share, 0), 1) * (episode.frames - 1)));
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      follow(event);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (this.canvas.hasPointerCapture(event.pointerId)) follow(event);
    });
    this.prepare({});
  }

  /** Draw the curves, with those ``own`` to an agent by the chart's name, to be copied for each frame. */
  prepare(own) {
    const chart = this.charts[this.select.selectedIndex];
    this.lines = [...chart.lines];
    if (chart.name in own) this.lines.push({ ...own[chart.name], faint: chart.name === REWARD });
    this.legend.replaceChildren(...this.lines.map((line) => legendItem(line.name, css(line.colour))));
    this.values = [...this.legend.children].map((item) => item.appendChild(document.createElement("output")));
    this.resize();
  }

  /** Draw the curves in the size that the canvas has now. */
  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.max(1, Math.round(clientWidth * ratio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    const finite = this.lines.flatMap(({ values }) => extremes(values));
    let [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 0];
    if (low === high) [low, high] = [low - Math.abs(low || 1) / 2, high + Math.abs(high || 1) / 2];
    this.y = (value) => EDGE + ((high - value) / (high - low)) * (clientHeight - 2 * EDGE);
    this.x = (frame) => EDGE + (frame / Math.max(1, this.episode.frames - 1)) * (clientWidth - 2 * EDGE);
    this.curves = document.createElement("canvas");
    this.curves.width = this.canvas.width;
    this.curves.height = this.canvas.height;
    const context = this.curves.getContext("2d");
    context.scale(ratio, ratio);
    context.lineJoin = "round";
    const zero = { colour: this.episode.colours.gap, values: new Float32Array(this.episode.frames) };
    if (low < 0 && high > 0) this._stroke(context, zero);
    for (const line of [...this.lines].reverse()) this._stroke(context, line);
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = "rgba(255, 255, 255, 0.75)";
    context.strokeStyle = css(this.episode.colours.codes[this.episode.codes.empty]);
    context.lineWidth = 3;
    for (const [value, line] of [
      [high, EDGE + 9],
      [low, clientHeight - EDGE],
    ]) {
      context.strokeText(short(value), EDGE, line);
      context.fillText(short(value), EDGE, line);
    }
  }

  _stroke(context, { colour, values, faint }) {
    context.strokeStyle = css(colour);
    context.lineWidth = faint ? 1 : 1.5;
    context.globalAlpha = faint ? 0.6 : 1;
    context.beginPath();
    let pen = false;
    values.forEach((value, frame) => {
      const x = this.x(frame);
      if (Number.isNaN(value)) pen = false;
      else if (pen) context.lineTo(x, this.y(value));
      else {
        context.moveTo(x, this.y(value));
        context.lineTo(x + (values.length === 1 ? 2 : 0), this.y(value));
        pen = true;
      }
    });
    context.stroke();
    context.globalAlpha = 1;
  }

  draw(time) {
    const { context } = this;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.drawImage(this.curves, 0, 0);
    context.fillStyle = "rgba(255, 255, 255, 0.85)";
    context.fillRect(Math.round(this.x(time) * ratio), 0, Math.max(1, Math.round(ratio)), this.canvas.height);
    const frame = Math.floor(time);
    this.lines.forEach(({ values }, index) => {
      const text = short(values[frame]);
      if (this.values[index].textContent !== text) this.values[index].textContent = text;
    });
  }
}

/** Rewards and returns, then what else the episode brings: each a name and lines with a value for each frame. */
function charts({ charts, curves, frames, tick, colours }) {
  let start = 0;
  const read = charts.map(({ name, lines }) => ({
    name,
    lines: lines.map(([label, code]) => {
      const values = curves.subarray(start, (start += frames));
      return { name: label, colour: code === null ? colours.curve : colours.codes[code], values };
    }),
  }));
  const returns = read[0].lines.map((line) => ({ ...line, values: sumUp(line.values, tick) }));
  return [read[0], { name: RETURN, lines: returns }, ...read.slice(1)];
}

/** The lines of one agent, by the name of the chart. */
function linesOf(agent, { agents, frames, reward, levels, tick, colours }) {
  // As an episode begins, nothing has been rewarded yet.
  const rewards = Float32Array.from({ length: frames }, (_, frame) =>
    tick[frame] === 0 ? NaN : levels[reward[frame * agents + agent]],
  );
  const line = { name: `agent ${agent}`, colour: colours.mark };
  return { [REWARD]: { ...line, values: rewards }, [RETURN]: { ...line, values: sumUp(rewards, tick) } };
}

/** Sums of what came so far, from each episode's start. */
function sumUp(values, tick) {
  let sum = 0;
  return values.map((value, frame) => {
    if (tick[frame] === 0) sum = 0;
    sum += value || 0;
    return sum;
  });
}

/** The least and the greatest number among values that may be NaN; nothing if all are. */
function extremes(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [];
}

/** A number in few characters. */
function short(value) {
  if (Number.isNaN(value)) return "–";
  if (Math.abs(value) < 1e-6) return "0"; // what rounding leaves of sums that cancel
  return String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 5 : 3)));
}

function legendItem(name, colour) {
  const item = document.createElement("span");
  const dot = document.createElement("i");
  dot.style.background = colour;
  item.append(dot, `${name} `);
  return item;
}
