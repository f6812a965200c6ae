"""Scores that several tasks have."""

from sakana_envs.core.inner import inner


@inner
def meals_score(world, agent):
    """Food per tick against the reference's; twice as much is a score of 1, so a better policy still shows.

    ``world.reference_meals`` is the reference's, a number that the task declares.
    """
    return 0.5 * world.meals[agent] / (world.tick * world.reference_meals)
