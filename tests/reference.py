"""The slow world in the state in which a compiled one is."""

from worlds import radius_of

from sakana_envs.reference import world as slow
from sakana_envs.reference.draws import NUMBER, combine, mix
from sakana_envs.reference.world import AGENT, EMPTY, FOOD, MOTIONS, WALL

__all__ = ["AGENT", "EMPTY", "FOOD", "MOTIONS", "NUMBER", "WALL", "World", "combine", "mix"]


class World(slow.World):
    """A copy of a simulation's world number ``index``."""

    def __init__(self, simulation, index=0):
        def values(name):
            return simulation.view(name)[index].tolist()

        sizes = {name: simulation.sizes[name] for name in ("agents", "height", "width", "horizon")}
        super().__init__(**sizes, radius=radius_of(simulation))
        self.__dict__.update(zip(simulation.program.numbers, values("numbers"), strict=True))
        self.seed, self.episode, self.tick = (values(name)[0] for name in ("seed", "episode", "clock"))
        self.kinds, self.paces = values("kind"), values("pace")
        self.places = list(zip(values("row"), values("col"), strict=True))
        self.velocities = list(
            zip(*(simulation.view(f"velocity_{axis}")[index] for axis in ("row", "col")), strict=True)
        )
        self.alive = values("alive") if simulation.mortal else [1] * self.agents
        self.missing_food = values("missing_food")[0]
        border = simulation.view("cells")[index].tolist()
        self.cells = {cell: border[cell[0] + self.radius][cell[1] + self.radius] for cell in self.cells}
        self.simulation, self.index = simulation, index

    def layer(self, name):
        """A byte map of the task as a dictionary by cell; 0 outside."""
        rows = self.simulation.view(name)[self.index].tolist()
        return {cell: rows[cell[0] + self.radius][cell[1] + self.radius] for cell in self.cells}
