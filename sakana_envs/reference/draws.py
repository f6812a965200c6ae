"""Random numbers of the slow world: nothing is stored, a draw is a hash of what it is for."""

CONTEST, GROW_CHANCE, GROW_PLACE, DEATH, REBIRTH, SPAWN, SCATTER = (2**20 + purpose for purpose in range(7))
NUMBER = 2**20 + 8
MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(bits):
    """The finalizer of SplitMix64."""
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
    return bits ^ (bits >> 31)


def combine(key, number):
    """A new key of a key and a number."""
    return mix((key + (number + 1) * GOLDEN) & MASK)
