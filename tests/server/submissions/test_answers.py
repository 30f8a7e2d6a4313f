"""What a platform is answered about a submission, over real HTTP."""

from tests.server.submissions.work import Office, Work


def test_a_text_typed_in_its_session_is_consistent(office: Office, work: Work) -> None:
    answer = office.ask("typed", work.session, text=work.text)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["answer"] == "consistent"
