// The keyboard.

function connectKeys(player) {
  const { agents } = player.episode;
  const neighbour = (step) =>
    player.agent === null ? (step > 0 ? 0 : agents - 1) : (player.agent + step + agents) % agents;
  const press = (id) => () => document.getElementById(id).click();
  const keys = {
    " ": () => player.toggle(),
    ArrowLeft: (event) => player.step(event.shiftKey ? -10 : -1),
    ArrowRight: (event) => player.step(event.shiftKey ? 10 : 1),
    Home: () => player.step(-Infinity),
    End: () => player.step(Infinity),
    "+": () => player.zoom(1.5),
    "=": () => player.zoom(1.5),
    "-": () => player.zoom(1 / 1.5),
    0: () => player.zoom(0),
    "[": () => player.changeAgent(neighbour(-1)),
    "]": () => player.changeAgent(neighbour(1)),
    Escape: () => player.changeAgent(null),
    v: press("show-view"),
    c: press("centred"),
    t: press("trails"),
  };
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const writes = target.matches("input[type=number], select");
    if (event.ctrlKey || event.metaKey || event.altKey || (writes && key !== "Escape")) return;
    if (key === " " && target.matches("button, summary, input[type=checkbox]")) return;
    const act = keys[key.length === 1 ? key.toLowerCase() : key];
    if (!act) return;
    event.preventDefault();
    act(event);
  });
}
