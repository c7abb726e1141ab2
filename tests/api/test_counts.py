"""What is asked in the page is counted beside what programs ask."""

from pathlib import Path

from qa.answer.live import LiveAnswerer
from qa.api.serving import programs, service_of
from qa.evaluate.feedback import FEEDBACK_FILE, Feedback
from qa.ui.panes.conversation import ConversationPane


def test_questions_of_the_page_are_counted_apart(index_dir: Path) -> None:
    live = LiveAnswerer(index_dir)
    service = service_of(index_dir, live)
    beside = programs(service, api=True, mcp=False)
    feedback = Feedback(index_dir / FEEDBACK_FILE)
    pane = ConversationPane(live, None, feedback, asked=beside.asked)
    pane.ask("hi", ())
    pane.ask("Who is Napoleon?", ())
    service.ask("hi")
    lines = service.metrics().decode().splitlines()
    assert 'qa_questions_total{state="talk",via="page"} 1.0' in lines
    assert 'qa_questions_total{state="talk",via="api"} 1.0' in lines
    assert 'qa_question_seconds_count{via="page"} 2.0' in lines
