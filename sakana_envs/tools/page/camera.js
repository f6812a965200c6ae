// Which part of the map is seen: the middle (row, col), in cells, and pixels of the page per cell.

const LARGEST_DISC = 0.42 * 96; // pixels that an agent's radius has at most

class Camera {
  constructor(canvas, episode) {
    this.canvas = canvas;
    this.episode = episode;
    this.scale = 0;
    this.largest = LARGEST_DISC / episode.disc;
    this.resize();
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    const { width, height } = this.episode;
    const showedAll = !this.scale || this.showsAll;
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.canvas.width = Math.max(1, Math.round(clientWidth * this.ratio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * this.ratio));
    this.fit = Math.max(Math.min((clientWidth - 8) / width, (clientHeight - 8) / height, this.largest), 0.01);
    if (showedAll || this.showsAll) this.showAll();
  }

  showAll() {
    this.scale = this.fit;
    this.row = this.episode.height / 2;
    this.col = this.episode.width / 2;
  }

  get showsAll() {
    return this.scale <= this.fit;
  }

  /** Zoom so that what is at (x, y), in pixels, stays there. */
  zoom(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const [right, down] = [x - this.canvas.clientWidth / 2, y - this.canvas.clientHeight / 2];
    const scale = Math.min(this.scale * factor, Math.max(this.largest, this.fit));
    if (scale <= this.fit * 1.001) {
      this.showAll();
      return;
    }
    this.row += down / this.scale - down / scale;
    this.col += right / this.scale - right / scale;
    this.scale = scale;
    this._keepInside();
  }

  pan(right, down) {
    if (this.showsAll) return;
    this.row -= down / this.scale;
    this.col -= right / this.scale;
    this._keepInside();
  }

  _keepInside() {
    this.row = Math.min(Math.max(this.row, 0), this.episode.height);
    this.col = Math.min(Math.max(this.col, 0), this.episode.width);
  }
}
