"""Interrupts that somebody else's handler takes are noted all the same, and handlers come back as they were."""

import signal
import socket
import threading

import pytest

from trade_assets.defs.interrupts import interrupts_noted


@pytest.fixture
def handled():
    """Handlers that count what comes, in place of those of the interpreter."""
    came = []
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
    former = {number: signal.signal(number, lambda number, _: came.append(number)) for number in numbers}
    yield came
    for number, handler in former.items():
        signal.signal(number, handler)


@pytest.fixture
def wakeup():
    """The wake-up descriptor as it is now, which is put back."""

    def now():
        found = signal.set_wakeup_fd(-1)
        signal.set_wakeup_fd(found)
        return found

    before = now()
    yield now
    signal.set_wakeup_fd(before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_that_another_handler_takes_is_raised_after_the_run(handled, number):
    own = signal.getsignal(number)
    with interrupts_noted() as raise_if_interrupted:
        raise_if_interrupted()
        signal.signal(number, lambda *_: None)
        signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt, match=f"^interrupted by {number.name}$"):
            raise_if_interrupted()
        assert signal.getsignal(number) is own, "put back before it is raised"
        raise_if_interrupted()  # it is told once
    assert handled == []


def test_of_both_the_interrupt_is_said_and_of_another_signal_nothing(handled):
    with interrupts_noted() as raise_if_interrupted:
        signal.raise_signal(signal.SIGUSR1)
        raise_if_interrupted()
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt, match="by SIGINT"):
            raise_if_interrupted()
    assert handled == [signal.SIGUSR1, signal.SIGTERM, signal.SIGINT]


def test_handlers_that_a_run_changed_are_put_back_after_it(handled):
    own = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with interrupts_noted() as raise_if_interrupted:
        for number in own:
            signal.signal(number, signal.SIG_IGN)
        raise_if_interrupted()
        assert {number: signal.getsignal(number) for number in own} == own


def test_a_handler_that_is_not_the_interpreter_s_is_left_alone(handled, monkeypatch):
    own, getsignal = signal.getsignal(signal.SIGTERM), signal.getsignal
    monkeypatch.setattr(signal, "getsignal", lambda number: None if number == signal.SIGINT else getsignal(number))
    with interrupts_noted() as raise_if_interrupted:
        monkeypatch.undo()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise_if_interrupted()
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == (signal.SIG_IGN, own)


def test_what_is_opened_is_closed_and_the_former_descriptor_put_back(handled, wakeup, monkeypatch):
    opened = []
    pair = socket.socketpair
    monkeypatch.setattr(socket, "socketpair", lambda: opened.append(pair()) or opened[-1])
    mine, other = pair()
    mine.setblocking(False)
    signal.set_wakeup_fd(mine.fileno())
    with mine, other:
        with pytest.raises(ValueError, match="slip"), interrupts_noted():
            ((reading, writing),) = opened
            assert wakeup() == writing.fileno() != mine.fileno()
            assert (reading.gettimeout(), writing.gettimeout()) == (0.0, 0.0), "nobody waits for a signal, or for who reads it"
            raise ValueError("slip")
        assert wakeup() == mine.fileno()
        assert (reading.fileno(), writing.fileno()) == (-1, -1)
        signal.set_wakeup_fd(-1)


def test_more_signals_than_are_kept_are_no_noise(handled, capfd):
    with interrupts_noted() as raise_if_interrupted:
        for _ in range(1500):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            raise_if_interrupted()
    assert capfd.readouterr().err == "" and len(handled) == 1500


def test_in_another_thread_nothing_is_noted(wakeup):
    found, before = [], wakeup()

    def run():
        with interrupts_noted() as raise_if_interrupted:
            found.append(raise_if_interrupted())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [None] and wakeup() == before
