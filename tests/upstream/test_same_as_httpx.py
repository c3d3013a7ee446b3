"""Our transport beside httpx's: the same server, and the same comes of it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop
from hypothesis import HealthCheck, given, settings

from app.settings import UpstreamTransport
from tests.upstream.answers import broken_scripts, scripts
from tests.upstream.stage import Outcome, Script, stage

Loop = Callable[[], asyncio.AbstractEventLoop]
Play = Callable[[Script], tuple[Outcome, Outcome]]

on_each_loop = pytest.mark.parametrize("loop", [uvloop.new_event_loop, asyncio.new_event_loop])
bounded = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def for_each_script(folder: Path, loop: Loop, check: Callable[[Play], None]) -> None:
    """Runs a property with a way to play a script to both transports: to ours, and to httpx's."""
    with asyncio.Runner(loop_factory=loop) as runner:
        opened = stage(folder)
        scene = runner.run(opened.__aenter__())

        def play(script: Script) -> tuple[Outcome, Outcome]:
            ours = runner.run(scene.outcome(UpstreamTransport.DIRECT, script))
            return ours, runner.run(scene.outcome(UpstreamTransport.HTTPX, script))

        try:
            check(play)
        finally:
            runner.run(opened.__aexit__(None, None, None))


@on_each_loop
def test_the_same_comes_of_every_answer_however_it_is_cut_and_split(tmp_path: Path, loop: Loop) -> None:
    def check(play: Play) -> None:
        @bounded
        @given(scripts())
        def the_same_comes_of(script: Script) -> None:
            ours, theirs = play(script)
            assert ours == theirs

        the_same_comes_of()

    for_each_script(tmp_path, loop, check)


@on_each_loop
def test_what_is_broken_is_refused_or_read_as_httpx_reads_it(tmp_path: Path, loop: Loop) -> None:
    def check(play: Play) -> None:
        @bounded
        @given(broken_scripts())
        def is_refused_or_read_alike(script: Script) -> None:
            ours, theirs = play(script)
            assert ours.error or theirs.error or ours == theirs

        is_refused_or_read_alike()

    for_each_script(tmp_path, loop, check)
