// The search runs in a worker, and browsers start none for a page that was opened from a folder on disk. There its
// script runs in a hidden frame instead. A site on a server doesn't need this.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    #frame = document.createElement("iframe");
    #waiting = [];

    constructor(url) {
      super();
      this.#frame.hidden = true;
      document.body.append(this.#frame);
      const inside = this.#frame.contentWindow;
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      const script = inside.document.createElement("script");
      script.src = url;
      script.onload = () => {
        this.#waiting.forEach((data) => this.#send(data));
        this.#waiting = null;
      };
      inside.document.body.append(script);
    }

    #send(data) {
      this.#frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }));
    }

    postMessage(data) {
      if (this.#waiting) this.#waiting.push(data);
      else this.#send(data);
    }

    terminate() {
      this.#frame.remove();
    }
  };
}
