"""The systems without servers: accounts by Cognito, lists that are shared, and products that two people want."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import PHONE, picture, window
from tests.e2e.commands import address, call, letter

PASSWORD = "Correct-Horse-7-Battery"


@pytest.fixture(scope="module")
def lists() -> str:
    return address(system="ewelists")


def sign_up(page: Page, name: str, email: str) -> None:
    """Make an account with the code that comes by mail, and sign in, from the page that asks for it."""
    page.get_by_role("link", name="No account yet? Sign up").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_label("Code").fill(letter(email, r"\b(\d{6})\b"))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_list_is_shared_by_mail_and_a_second_person_reserves_what_is_on_it(chromium: str, lists: str) -> None:
    owner, guest = (f"{uuid.uuid4().hex}@example.com" for _ in range(2))
    with window(chromium, PHONE) as page:
        page.goto(lists)
        sign_up(page, "Ada", owner)
        page.get_by_role("button", name="New list").click()
        page.get_by_label("Title").fill("Ada's birthday")
        page.get_by_role("button", name="Create").click()
        page.get_by_role("button", name="Add product").click()
        page.get_by_label("Name").fill("Binoculars")
        page.get_by_label("Price").fill("89.90")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_role("listitem", name="Binoculars")).to_contain_text("1 of 1 left")
        picture(page, "ewelists")
        page.get_by_role("button", name="Share").click()
        page.get_by_label("E-mail").fill(guest)
        page.get_by_role("button", name="Send invitation").click()
        expect(page.get_by_text("An invitation is on its way")).to_be_visible()
    path = letter(guest, r"https://[^/\s]+(/invitations/\S+)")
    with window(chromium, PHONE) as page:
        page.goto(lists + path)
        sign_up(page, "Grace", guest)
        page.get_by_role("button", name="Accept").click()
        page.get_by_role("button", name="Reserve Binoculars").click()
        product = page.get_by_role("listitem", name="Binoculars")
        expect(product).to_contain_text("All reserved")
        expect(product).to_contain_text("1 reserved by you")
        picture(page, "ewelists-reserved")


@pytest.mark.parametrize("token", ["", "nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."])
def test_nothing_of_a_list_is_told_without_a_token(lists: str, token: str) -> None:
    assert call(f"{lists}/api/lists", token=token)[0] == 401
