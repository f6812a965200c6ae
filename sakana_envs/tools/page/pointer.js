// Mouse, pen and fingers on the map: drag to move it, wheel or pinch to zoom, click an agent to follow it.

const STILL = 5; // pixels up to which a press is a click

function connectPointer(player) {
  const canvas = document.getElementById("map");
  const { picture } = player;
  const pointers = new Map();
  let moved = 0;

  const at = (event) => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (!pointers.size) moved = 0;
    pointers.set(event.pointerId, at(event));
    canvas.setPointerCapture(event.pointerId);
  });

  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    const [right, down] = [now.x - before.x, now.y - before.y];
    moved += Math.hypot(right, down);
    pointers.set(event.pointerId, now);
    if (pointers.size === 2) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
      const apart = (place) => Math.max(Math.hypot(place.x - other.x, place.y - other.y), 10);
      picture.zoom(apart(now) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    } else if (moved > STILL && !picture.showsAll) {
      document.getElementById("centred").checked = false;
      picture.pan(right, down);
    }
    player.cameraMoved();
  });

  canvas.addEventListener("pointerup", (event) => {
    if (pointers.delete(event.pointerId) && !pointers.size && moved <= STILL) {
      const { x, y } = at(event);
      player.changeAgent(picture.agentAt(x, y));
    }
  });
  canvas.addEventListener("pointercancel", (event) => pointers.delete(event.pointerId));

  canvas.addEventListener(
    "wheel",
    (event) => {
      // Inside another page the wheel scrolls that page, until the map has been clicked.
      if (framed && document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
      const { x, y } = at(event);
      picture.zoom(Math.exp(-0.002 * Math.min(Math.max(pixels, -300), 300)), x, y);
      player.cameraMoved();
    },
    { passive: false },
  );
}
