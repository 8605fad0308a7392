from localcloud.cloud.inside.codes import HOUR, Codes, Locks

KEY = ("pool", "ada", "sign-up")
RESET = ("pool", "ada", "reset")


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def issued(codes: Codes, key: tuple[str, str, str] = KEY) -> str:
    code = codes.issue(key)
    assert code is not None
    return code


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_has_six_digits_and_is_good_for_its_purpose_alone() -> None:
    codes = Codes()
    code = issued(codes)
    assert len(code) == 6
    assert code.isdigit()
    assert codes.check(KEY, code) == "right"
    assert codes.check(RESET, code) == "expired"


def test_the_newest_code_alone_is_good() -> None:
    codes = Codes()
    first = issued(codes)
    second = issued(codes)
    while second == first:
        codes = Codes()
        first, second = issued(codes), issued(codes)
    assert codes.check(KEY, first) == "wrong"
    assert codes.check(KEY, second) == "right"


def test_a_code_is_good_once() -> None:
    codes = Codes()
    code = issued(codes)
    codes.used(KEY)
    assert codes.check(KEY, code) == "expired"


def test_a_code_ends_after_its_time() -> None:
    clock = Clock()
    codes = Codes(clock)
    sign_up, reset = issued(codes), issued(codes, RESET)
    clock.now += HOUR
    assert codes.check(RESET, reset) == "expired"
    assert codes.check(KEY, sign_up) == "right"
    clock.now += 23 * HOUR
    assert codes.check(KEY, sign_up) == "expired"


def test_after_five_wrong_codes_the_right_one_does_not_help_until_another_is_sent() -> None:
    codes = Codes()
    code = issued(codes)
    assert [codes.check(KEY, other(code)) for _ in range(5)] == ["wrong"] * 5
    assert codes.check(KEY, code) == "limit"
    assert codes.check(KEY, issued(codes)) == "right"


def test_five_codes_are_sent_within_an_hour_and_no_more() -> None:
    clock = Clock()
    codes = Codes(clock)
    for _ in range(5):
        issued(codes)
    assert codes.issue(KEY) is None
    assert codes.issue(RESET) is not None
    clock.now += HOUR
    assert codes.issue(KEY) is not None


def test_the_codes_of_a_user_and_of_a_pool_are_forgotten() -> None:
    codes = Codes()
    others = [issued(codes, ("pool", "bob", "reset")), issued(codes, ("second", "ada", "reset"))]
    code = issued(codes)
    codes.forget("pool", "ada")
    assert codes.check(KEY, code) == "expired"
    assert codes.check(("pool", "bob", "reset"), others[0]) == "right"
    codes.forget("pool")
    assert codes.check(("pool", "bob", "reset"), others[0]) == "expired"
    assert codes.check(("second", "ada", "reset"), others[1]) == "right"


def test_five_wrong_passwords_lock_a_user_for_a_second_and_each_further_one_for_twice_as_long() -> None:
    clock = Clock()
    locks = Locks(clock)
    for _ in range(4):
        locks.failed("pool", "ada")
    assert not locks.locked("pool", "ada")
    locks.failed("pool", "ada")
    assert locks.locked("pool", "ada")
    assert not locks.locked("pool", "bob")
    clock.now += 1
    assert not locks.locked("pool", "ada")
    locks.failed("pool", "ada")
    clock.now += 1.5
    assert locks.locked("pool", "ada")
    clock.now += 0.5
    assert not locks.locked("pool", "ada")


def test_wrong_passwords_are_forgotten_after_a_right_one_or_a_quarter_of_an_hour() -> None:
    clock = Clock()
    locks = Locks(clock)
    for _ in range(5):
        locks.failed("pool", "ada")
        locks.failed("pool", "bob")
    locks.passed("pool", "ada")
    clock.now += 901
    locks.failed("pool", "bob")
    assert not locks.locked("pool", "ada")
    assert not locks.locked("pool", "bob")
