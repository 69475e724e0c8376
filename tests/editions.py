"""Registers made of one: editions that can't be mistaken for each other, and large ones."""

from knowledge.models import Register


def person(number: int) -> str:
    """The person of the edition ``number``."""
    return f"赵{chr(0x4E00 + 40 * number)}"


def edition_of(register: Register, number: int) -> Register:
    """The register with the person of ``number`` on every post and answering for everything."""
    who = (person(number),)
    powers = [
        power.model_copy(
            update={
                "posts": tuple(post.model_copy(update={"people": who}) for post in power.posts),
                "responsible": who,
            }
        )
        for power in register.powers
    ]
    return register.model_copy(update={"powers": tuple(powers)})


def number_of(register: Register) -> int:
    """The number of the edition that ``register`` is, whole; anything else is a mixture."""
    people = {name for power in register.powers for post in power.posts for name in post.people}
    people |= {name for power in register.powers for name in power.responsible}
    (name,) = people
    return (ord(name[1]) - 0x4E00) // 40


def many_times(register: Register, times: int) -> Register:
    """The register with its powers repeated, numbered on, each with a name of its own."""
    powers = [
        power.model_copy(update={"position": number, "serial": number, "name": f"{power.title}{number}"})
        for number, power in enumerate(register.powers * times, start=1)
    ]
    return register.model_copy(update={"powers": tuple(powers), "faults": ()})
