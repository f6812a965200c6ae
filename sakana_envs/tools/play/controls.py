"""What keys, mouse and gamepad do in ``play``."""

from collections.abc import Callable
from typing import NamedTuple

from sakana_envs.tools.play.player import Player
from sakana_envs.wrappers.window import Event

DIRECTIONS = {
    **dict.fromkeys(("up", "w", "[8]"), (-1, 0)),
    **dict.fromkeys(("down", "s", "[2]"), (1, 0)),
    **dict.fromkeys(("left", "a", "[4]"), (0, -1)),
    **dict.fromkeys(("right", "d", "[6]"), (0, 1)),
    "[7]": (-1, -1),
    "[9]": (-1, 1),
    "[1]": (1, -1),
    "[3]": (1, 1),
}
"""Where keys move the agent, (row, col); two at once move it diagonally. ``[8]`` is on the number pad."""


class Command(NamedTuple):
    """Something that keys are for; ``keys`` are pygame's names, ``label`` is how people call them."""

    label: str
    keys: tuple[str, ...]
    meaning: str
    action: Callable[[Player], None]


COMMANDS = (
    Command("Space", ("space",), "pause, or go on", Player.pause),
    Command("N", ("n", "."), "stop, and let a single tick pass", Player.single_step),
    Command("+, -", ("=", "+", "[+]"), "faster, slower", lambda player: player.change_speed(1)),
    Command("", ("-", "[-]"), "", lambda player: player.change_speed(-1)),
    Command(
        "Page up, Page down",
        ("page up",),
        "nearer, farther; the mouse wheel does it too",
        lambda player: player.zoom(1),
    ),
    Command("", ("page down",), "", lambda player: player.zoom(-1)),
    Command("F", ("f",), "follow the agent, or show the whole map", Player.follow),
    Command("0", ("0", "[0]", "home"), "the whole map", Player.show_all),
    Command("Tab", ("tab",), "act for the next agent", lambda player: player.switch(1)),
    Command("B", ("b",), "act for the agent before", lambda player: player.switch(-1)),
    Command("V", ("v",), "frame what the agent sees", Player.toggle_view),
    Command("T", ("t",), "trails of the last 16 ticks", Player.toggle_trails),
    Command("R", ("r",), "an episode of the next seed", lambda player: player.restart(1)),
    Command("Backspace", ("backspace",), "the same episode again", lambda player: player.restart(0)),
    Command("P", ("p", "f12"), "a screenshot into a file", Player.screenshot),
    Command("M", ("m",), "record a video, or stop", Player.record),
    Command("H", ("h", "f1"), "show these keys", Player.toggle_keys),
    Command("Esc", ("escape", "q"), "end", Player.close),
)
"""What keys do, beside those of ``DIRECTIONS``. A line without a label belongs to the one above it."""

_BUTTONS = {0: "space", 1: "n", 2: "v", 3: "r", 4: "b", 5: "tab"}
"""The keys that a gamepad's buttons stand for."""

SHORT_HELP = "arrows move    Space pause    N step    Tab next agent    F follow    V view    T trails    H all keys"


def handle(player: Player, event: Event) -> None:
    """Do what the user asks for; keys that move the agent are not for this."""
    if event.kind == "close":
        player.close()
    elif event.kind == "wheel":
        player.zoom(event.value)
    elif event.kind in ("key", "button"):
        key = event.value if event.kind == "key" else _BUTTONS.get(event.value)
        for command in COMMANDS:
            if key in command.keys:
                player.message = ""
                command.action(player)


def motion(
    player: Player, keys: set[str], stick: tuple[float, float] = (0.0, 0.0), pointer: tuple[int, int] | None = None
) -> tuple[float, float]:
    """Where the person wants to go, (row, col), each -1 to 1: to the pointer, else as the stick, else as keys say.

    ``pointer`` is a pixel (row, col) of the player's frame.
    """
    row: float
    col: float
    if pointer is not None:
        row, col = player.way_to(pointer)
    elif any(stick):
        row, col = stick
    else:
        row = sum(DIRECTIONS[key][0] for key in keys & DIRECTIONS.keys())
        col = sum(DIRECTIONS[key][1] for key in keys & DIRECTIONS.keys())
    return min(max(row, -1.0), 1.0), min(max(col, -1.0), 1.0)


def pressed(player: Player, keys: set[str]) -> list[str]:
    """Which of the agent's buttons are pressed: the first with the key 1, and so on."""
    return [name for number, name in enumerate(player.game.buttons, start=1) if str(number) in keys]


def all_keys() -> list[str]:
    """A line for every command: its keys, a tab, what they are for."""
    moves = [
        "arrows, WASD\tmove; two at once: diagonally; what has a heading goes ahead or back, and turns",
        "mouse, stick\tmove that way",
    ]
    moves += ["1, 2, ...\tpress what a task's agents have beside moves, in its order"]
    return moves + [f"{command.label}\t{command.meaning}" for command in COMMANDS if command.label]
