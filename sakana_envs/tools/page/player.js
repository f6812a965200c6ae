// The controls, and the loop that plays.

const byId = (id) => document.getElementById(id);
const framed = window.self !== window.top;

class Player {
  constructor(episode) {
    this.episode = episode;
    this.terrain = new Terrain(episode);
    this.time = 0; // in frames
    this.agent = null;
    this.playing = false;
    this.held = false; // whether someone drags the slider
    this.loops = location.hash === "#play";
    this._describe();
    document.querySelector("main").hidden = false;
    this.picture = new Picture(byId("map"), episode, this.terrain);
    const seek = (frame) => this.seek(frame);
    this.charts = [...document.querySelectorAll("#charts figure")].map(
      (figure, index) => new Chart(figure, episode, episode.shown[index], seek),
    );
    this._connect();
    this.changeAgent(null);
    // Drawn at once, since what has changed its size is empty.
    const observer = new ResizeObserver(() => this._resize());
    for (const element of [byId("stage"), byId("view"), ...this.charts.map(({ canvas }) => canvas)]) {
      observer.observe(element);
    }
    if (this.loops && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.play();
  }

  get last() {
    return this.episode.frames - 1;
  }

  get frame() {
    return Math.floor(this.time);
  }

  /** Texts, limits and colours that stay. */
  _describe() {
    const { episode } = this;
    const { height, width } = episode;
    const sides = episode.size ? `${width} × ${height} metres` : `${height} × ${width} cells`;
    document.title = episode.title;
    byId("title").textContent = episode.title;
    byId("description").textContent = episode.description;
    byId("facts").textContent = [
      ...episode.facts.map(([name, value]) => `${name} ${value}`),
      `${episode.agents} ${episode.agents === 1 ? "agent" : "agents"} on ${sides}`,
    ].join(" · ");
    byId("scrub").max = this.last;
    byId("agent").max = episode.agents - 1;
    for (const id of ["play", "back", "forward", "scrub"]) byId(id).disabled = this.last === 0;
    byId("legend").replaceChildren(...episode.legend.map(([name, colour]) => legendItem(name, css(colour))));
    byId("settings").hidden = !episode.settings.length;
    fillList(byId("settings").querySelector("dl"), episode.settings);
    const style = document.documentElement.style;
    style.setProperty("--ground", css(episode.colours.codes[episode.codes.empty]));
    style.setProperty("--around", css(episode.colours.gap));
    style.setProperty("--aspect", `${episode.width} / ${episode.height}`);
    document.documentElement.classList.toggle("framed", framed);
  }

  _connect() {
    const click = (id, act) => {
      byId(id).addEventListener("click", (event) => {
        act();
        // After a click with a pointer, the keys go back to the page: space should play, not press this again.
        if (event.detail > 0) byId(id).blur();
      });
    };
    click("play", () => this.toggle());
    click("back", () => this.step(-1));
    click("forward", () => this.step(1));
    click("zoom-in", () => this.zoom(1.5));
    click("zoom-out", () => this.zoom(1 / 1.5));
    click("show-all", () => this.zoom(0));
    click("nobody", () => this.changeAgent(null));
    for (const id of ["show-view", "centred", "trails"]) click(id, () => this.request());
    const scrub = byId("scrub");
    scrub.addEventListener("input", () => this.seek(Number(scrub.value)));
    scrub.addEventListener("pointerdown", () => (this.held = true));
    for (const end of ["pointerup", "pointercancel", "change"]) {
      scrub.addEventListener(end, () => (this.held = false));
    }
    byId("agent").addEventListener("change", (event) => {
      const { value } = event.target;
      this.changeAgent(value === "" ? null : Math.min(Math.max(Math.round(Number(value)), 0), this.episode.agents - 1));
    });
    for (const chart of this.charts) chart.select.addEventListener("change", () => this._prepareCharts());
    connectKeys(this);
    connectPointer(this);
  }

  /** Zoom by a factor; 0 for the whole map. The agent that is kept in the middle stays there. */
  zoom(factor) {
    if (factor === 0) this.picture.showAll();
    else this.picture.zoom(factor);
    this.cameraMoved();
  }

  cameraMoved() {
    // A finger scrolls the page over a map that can't be moved.
    byId("map").style.touchAction = this.picture.showsAll ? "pan-x pan-y" : "none";
    byId("map").classList.toggle("movable", !this.picture.showsAll);
    this.request();
  }

  changeAgent(agent) {
    this.agent = agent;
    this.own = agent === null ? {} : linesOf(agent, this.episode);
    byId("agent").value = agent === null ? "" : agent;
    byId("nobody").disabled = agent === null;
    byId("hint").hidden = agent !== null;
    this._prepareCharts();
  }

  _resize() {
    this.picture.resize();
    for (const chart of this.charts) chart.resize();
    this.cameraMoved();
    this._draw();
  }

  _prepareCharts() {
    for (const chart of this.charts) chart.prepare(this.own);
    this.request();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.last === 0) return;
    if (this.time >= this.last) this.time = 0;
    this.playing = true;
    this.before = performance.now();
    this._showPlaying();
    this.request();
  }

  pause() {
    this.playing = false;
    this._showPlaying();
  }

  _showPlaying() {
    byId("play").setAttribute("aria-label", this.playing ? "Pause" : "Play");
    byId("play").querySelector("use").setAttribute("href", this.playing ? "#icon-pause" : "#icon-play");
  }

  /** Pause, some frames later or earlier. */
  step(frames) {
    this.pause();
    this.seek(this.frame + frames);
  }

  seek(frame) {
    this.time = Math.min(Math.max(frame, 0), this.last);
    this.request();
  }

  /** Draw, as soon as the browser does. */
  request() {
    this.waiting ??= requestAnimationFrame((now) => this._next(now));
  }

  _next(now) {
    this.waiting = null;
    if (this.playing && !this.held) {
      // A page that comes back into sight goes on where it was.
      const seconds = Math.min(Math.max(now - this.before, 0) / 1000, 0.25);
      this.time = Math.min(this.time + seconds * Number(byId("speed").value), this.last);
      if (this.time === this.last && this.loops) this.time = 0;
      else if (this.time === this.last) this.pause();
    }
    this.before = now;
    this._draw();
    if (this.playing) this.request();
  }

  _draw() {
    const { episode, frame, agent } = this;
    this.picture.draw(this.time, {
      agent,
      centred: byId("centred").checked,
      trails: byId("trails").checked,
      view: byId("show-view").checked,
    });
    for (const chart of this.charts) chart.draw(this.time);
    const moment = `${agent} ${frame}`;
    drawView(byId("view"), episode, this.terrain, agent, frame);
    if (moment === this.described) return;
    this.described = moment;
    const scrub = byId("scrub");
    scrub.value = frame;
    const text = `tick ${episode.tick[frame]} of ${episode.tick[this.last]}`;
    scrub.setAttribute("aria-valuetext", text);
    byId("tick").textContent = text;
    fillList(byId("about-agent"), agent === null ? [] : this._aboutAgent(frame));
  }

  _aboutAgent(frame) {
    const { things, row, col, kind, size, height, codes, legend } = this.episode;
    const index = frame * things + this.agent;
    const names = legend.filter(([, , code]) => code >= codes.agent);
    return [
      ...(names.length > 1 ? [["kind", names.find(([, , code]) => code === codes.agent + kind[index])[0]]] : []),
      size
        ? ["x, y", `${col[index].toFixed(2)}, ${(height - row[index]).toFixed(2)}`]
        : ["row, col", `${row[index].toFixed(1)}, ${col[index].toFixed(1)}`],
      ["reward", short(this.own[REWARD].values[frame])],
      ["return so far", short(this.own[RETURN].values[frame])],
    ];
  }
}

/** Names and values as a list of definitions. */
function fillList(list, pairs) {
  const parts = pairs.flatMap(([name, value]) => {
    const [term, definition] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    definition.textContent = value;
    return [term, definition];
  });
  list.replaceChildren(...parts);
}

async function start() {
  try {
    const header = JSON.parse(byId("header").textContent);
    window.player = new Player(decode(header, await inflate(byId("data").textContent.trim())));
  } catch (error) {
    byId("problem").hidden = false;
    byId("problem").textContent =
      typeof DecompressionStream === "undefined"
        ? "This browser is too old to unpack the episode: it takes Chrome or Edge 111, Firefox 113, Safari 16.4, or newer."
        : `The episode can't be shown: ${error.message}`;
    throw error;
  }
}

start();
