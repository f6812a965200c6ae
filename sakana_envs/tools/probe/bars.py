"""The scores that pass. What an untrained policy gets, and one with the fault, is in the page on probes."""

BARS = {
    "ProbeBandit": {"Discrete": 0.9, "Continuous": 0.9},
    "ProbePatience": {"Discrete": 0.9, "Continuous": 0.9},
    "ProbePassword": {"Discrete": 0.9, "Continuous": 0.9},
    "ProbeRecall": {"Discrete": 0.9, "Continuous": 0.9},
    "ProbeCoin": {"Discrete": 0.7, "Continuous": 0.7},
    "ProbeSplit": {"Discrete": 0.8, "Continuous": 0.8},
    "ProbeLateTool": {"Discrete": 0.8, "Continuous": 0.8},
    "ProbeSteady": {"Discrete": 0.4, "Continuous": 0.7},
}
"""By probe and twin; in the order in which they are best looked at."""
