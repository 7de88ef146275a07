"""Apache Kafka on loopback: a real broker of one node, as Maven brings it, started for a test.

It listens without encryption, and with TLS to those who sign in by SCRAM-SHA-512, under a certificate of its own.
Its files are fetched once and kept in the user's cache. It needs Java and Maven; without them the tests that need it
are skipped, with the reason.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from string import Template

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from platformdirs import user_cache_path

from tests.counterparts.debian import free_port, running

VERSION = "4.1.2"
MOST_DOWNLOAD_SECONDS = 300
# Without this binding of its logs the broker ends at once and says nothing.
DEPENDENCIES = {"org.apache.kafka:kafka_2.13": VERSION, "org.slf4j:slf4j-simple": "1.7.36"}
CONFIGURATION = Template("""
process.roles=broker,controller
node.id=1
log.dirs=$folder/data
listeners=PLAINTEXT://127.0.0.1:$port,SASL_SSL://127.0.0.1:$secured,CONTROLLER://127.0.0.1:$control
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location=$folder/broker.pem
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:$control
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=500
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
auto.create.topics.enable=false
log.cleaner.backoff.ms=200
""")
USER, PASSWORD = "billing", "a pass phrase"


class Broker:
    """A broker with its data in a folder: it may be stopped, and started again with what it had."""

    def __init__(self, folder: Path) -> None:
        port, secured, control = free_port(), free_port(), free_port()
        self.servers, self.secured_servers = f"127.0.0.1:{port}", f"127.0.0.1:{secured}"
        self.authority = folder / "authority.pem"
        _certify(folder / "broker.pem", self.authority)
        self._port = port
        self._folder = folder
        self._java = _java(_libraries())
        configuration = CONFIGURATION.substitute(folder=folder, port=port, secured=secured, control=control)
        (folder / "properties").write_text(configuration)
        formatting = [*self._java, "kafka.tools.StorageTool", "format", "-t", uuid.uuid4().hex[:22], "-c",
                      str(folder / "properties"), "--add-scram",
                     f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"]  # fmt: skip
        subprocess.run(formatting, check=True, capture_output=True)

    @contextmanager
    def running(self) -> Iterator[None]:
        """It listens as long as the body runs, and ends with this process, however that ends."""
        command = ["setpriv", "--pdeathsig", "TERM", *self._java, "kafka.Kafka", str(self._folder / "properties")]
        with running(command, self._port, self._folder / "output"):
            yield


def _certify(broker: Path, authority: Path) -> None:
    """Write the key and certificate of a broker at 127.0.0.1, and the authority that has issued it.

    Java reads a key in PKCS 8 alone.
    """
    issuer = trustme.CA()
    issued = issuer.issue_cert("127.0.0.1")
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    broker.write_bytes(private + b"".join(each.bytes() for each in issued.cert_chain_pems))
    issuer.cert_pem.write_to_path(str(authority))


@contextmanager
def kafka() -> Iterator[Broker]:
    """A broker that has not been started; it and its data are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="kafka-"))
    try:
        yield Broker(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _java(libraries: Path) -> Sequence[str]:
    return ("java", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-cp", f"{libraries}/*")


@cache
def _libraries() -> Path:
    """The folder with the broker's files, fetched if they are not there yet."""
    for program in ("java", "mvn", "setpriv"):
        if shutil.which(program) is None:
            pytest.skip(f"Apache Kafka needs {program}; install default-jre-headless and maven")
    kept = user_cache_path("billing-tests") / f"kafka-{VERSION}"
    if not kept.is_dir():
        _fetch(kept)
    return kept


def _fetch(kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        project = Path(folder, "pom.xml")
        project.write_text(_project())
        fetching = ["mvn", "-q", "-f", str(project), "dependency:copy-dependencies",
                    f"-DoutputDirectory={folder}/libraries"]  # fmt: skip
        try:
            ended = subprocess.run(fetching, capture_output=True, text=True, timeout=MOST_DOWNLOAD_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip(f"Apache Kafka was not fetched within {MOST_DOWNLOAD_SECONDS} seconds")
        if ended.returncode:
            pytest.skip(f"Apache Kafka cannot be fetched: {(ended.stdout + ended.stderr)[-300:]}")
        try:
            Path(folder, "libraries").rename(kept)
        except OSError:
            if not kept.is_dir():  # Else another test process was faster.
                raise


def _project() -> str:
    wanted = "".join(
        "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>".format(
            *name.split(":"), version
        )
        for name, version in DEPENDENCIES.items()
    )
    return f"""<project><modelVersion>4.0.0</modelVersion>
        <groupId>test</groupId><artifactId>broker</artifactId><version>1</version>
        <dependencies>{wanted}</dependencies></project>"""
