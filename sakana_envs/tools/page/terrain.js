// What is in the cells besides agents, as it changes, and as a picture of one pixel per cell.

const KEY_BYTES = 64e6;

class Terrain {
  constructor(episode) {
    this.episode = episode;
    this.showFood = true;
    this.canvas = document.createElement("canvas");
    this.canvas.width = episode.width;
    this.canvas.height = episode.height;
    this.context = this.canvas.getContext("2d");
    this.image = this.context.createImageData(episode.width, episode.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    const colour = ([red, green, blue]) => (255 << 24) | (blue << 16) | (green << 8) | red;
    this.codeColours = Uint32Array.from(episode.colours.codes, colour);
    this.layerColours = episode.layer && Uint32Array.from(episode.colours.layer, colour);
    this.keys = [];
    this._makeKeys();
    this.seek(0);
  }

  /** Maps of every so many frames, from which any other is soon reached. */
  _makeKeys() {
    const { frames, ground, layer } = this.episode;
    const bytes = ground.first.length * (layer && layer.cells.length ? 2 : 1);
    this.between = Math.max(32, Math.ceil((frames * bytes) / KEY_BYTES));
    this.ground = ground.first.slice();
    this.layer = layer && layer.first.slice();
    for (let frame = 0; frame < frames; frame++) {
      if (frame > 0) this._advance(frame, null);
      if (frame % this.between === 0) {
        const same = layer && !layer.cells.length;
        this.keys.push({ ground: this.ground.slice(), layer: same ? layer.first : this.layer && this.layer.slice() });
      }
    }
    this.frame = -1;
  }

  /** From the frame before to this one; ``paint`` is called with each cell that may have changed. */
  _advance(frame, paint) {
    const { agents, row, col, lives, size, width, codes, ground, layer } = this.episode;
    // Where an agent stands on a cell there is nothing else.
    for (let index = frame * agents; !size && index < (frame + 1) * agents; index++) {
      if (!lives[index]) continue;
      const cell = Math.floor(row[index]) * width + Math.floor(col[index]);
      if (this.ground[cell] !== codes.empty) {
        this.ground[cell] = codes.empty;
        if (paint) paint(cell);
      }
    }
    for (const [map, changes] of [
      [this.ground, ground],
      [this.layer, layer],
    ]) {
      if (!changes) continue;
      for (let index = changes.starts[frame]; index < changes.starts[frame + 1]; index++) {
        map[changes.cells[index]] = changes.codes[index];
        if (paint) paint(changes.cells[index]);
      }
    }
  }

  /** Show a frame. */
  seek(frame) {
    if (frame === this.frame) return;
    const near = this.frame >= 0 && frame > this.frame && frame - this.frame <= 8;
    if (near) {
      const paint = (cell) => this._paint(cell);
      for (let next = this.frame + 1; next <= frame; next++) this._advance(next, paint);
    } else {
      const key = Math.floor(frame / this.between);
      this.ground.set(this.keys[key].ground);
      if (this.layer) this.layer.set(this.keys[key].layer);
      for (let next = key * this.between + 1; next <= frame; next++) this._advance(next, null);
    }
    this.frame = frame;
    if (near) this.context.putImageData(this.image, 0, 0);
    else this._paintAll();
  }

  /** Whether food is in the picture, or is drawn by someone else. */
  setShowFood(shown) {
    if (shown === this.showFood) return;
    this.showFood = shown;
    this._paintAll();
  }

  _paint(cell) {
    const { codes } = this.episode;
    const code = this.ground[cell];
    const hidden = code === codes.empty || (code === codes.food && !this.showFood);
    if (!hidden) this.pixels[cell] = this.codeColours[code];
    else this.pixels[cell] = this.layer ? this.layerColours[this.layer[cell]] : this.codeColours[codes.empty];
  }

  _paintAll() {
    for (let cell = 0; cell < this.ground.length; cell++) this._paint(cell);
    this.context.putImageData(this.image, 0, 0);
  }
}
