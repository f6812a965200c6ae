// The versions of the site lie beside each other, each in a folder of its own, and versions.json beside them names them.
// A site that is read from a disk, or alone, shows its own version only.
const places = document.querySelectorAll(".versions");

async function offerVersions() {
  const root = new URL(places[0].dataset.root, location.href);
  const above = new URL("..", root);
  const answer = await fetch(new URL("versions.json", above));
  if (!answer.ok) return;
  const versions = await answer.json();
  const here = decodeURIComponent(root.pathname.slice(above.pathname.length, -1));
  if (!versions.some((version) => version.folder === here)) return;
  const page = location.href.slice(root.href.length);
  for (const place of places) {
    const menu = document.createElement("select");
    menu.className = "form-select form-select-sm";
    menu.ariaLabel = "Version of the documentation";
    for (const { folder, name } of versions) menu.add(new Option(name, folder, folder === here, folder === here));
    menu.onchange = () => leaveFor(new URL(`${encodeURIComponent(menu.value)}/`, above), page);
    place.replaceChildren(menu);
  }
}

// The same page of another version, or that version's first page if it has none of the name.
async function leaveFor(root, page) {
  const same = new URL(page, root);
  const answer = await fetch(same, { method: "HEAD" });
  location.href = answer.ok ? same : new URL("index.html", root);
}

if (places.length && location.protocol !== "file:") offerVersions();
