from types import ModuleType

from localcloud.cloud.inside.mends.mend import Mend, fingerprint, replace


def answer() -> int:
    """Stand for a function of MiniStack."""
    return 1


def module(**members: object) -> ModuleType:
    made = ModuleType("fake")
    made.__dict__.update(members)
    return made


def mend(functions: dict[str, str]) -> Mend:
    return Mend("what", "why", "fake", functions, lambda _: None)


def test_a_known_function_is_no_problem() -> None:
    assert mend({"answer": fingerprint(answer)}).problems(module(answer=answer)) == []


def test_a_function_that_changed_is_named() -> None:
    [line] = mend({"answer": "000000000000"}).problems(module(answer=answer))
    assert line == f"fake.answer is {fingerprint(answer)}, not 000000000000, so `what` cannot be mended"


def test_a_function_that_is_gone_is_named() -> None:
    [line] = mend({"answer": "000000000000"}).problems(module())
    assert line.startswith("fake.answer is missing, not 000000000000")


def test_a_replaced_function_is_replaced_in_the_table_of_actions_too() -> None:
    fake = module(answer=answer, _ACTION_MAP={"Answer": answer, "Other": len})
    old = replace(fake, "answer", int)
    assert old is answer
    assert fake.answer is int
    assert {"Answer": int, "Other": len} == fake._ACTION_MAP


def test_a_fingerprint_depends_on_the_source_alone() -> None:
    assert fingerprint(answer) == fingerprint(answer)
    assert fingerprint(answer) != fingerprint(mend)
    assert len(fingerprint(answer)) == 12
