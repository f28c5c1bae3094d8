#!/usr/bin/python3
"""HTTPS servers on loopback with good and bad certificates, made on the spot. Usage: tls_server.py FOLDER

Prints "NAME PORT" a line, then "READY"; later "REQUEST NAME" for each request that was decrypted. Ends with stdin.
FOLDER/ca.pem is the authority that clients should trust.
"""
import pathlib
import socket
import ssl
import subprocess
import sys
import threading
import warnings

FOLDER = pathlib.Path(sys.argv[1])
CONFIG = """[ca]
default_ca = own
[own]
database = {0}/index
serial = {0}/serial
new_certs_dir = {0}
certificate = {0}/{1}.pem
private_key = {0}/{1}.key
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, cwd=FOLDER)


def authority(name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30,
            "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN=crier test {name}",
            "-addext", "basicConstraints=critical,CA:TRUE")
    (FOLDER / f"{name}.cnf").write_text(CONFIG.format(FOLDER, name))


def certificate(name, issuer="ca", host="localhost", start="20200101000000Z", end="20350101000000Z"):
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={host}")
    (FOLDER / f"{name}.ext").write_text(f"subjectAltName=DNS:{host}\n")
    openssl("ca", "-batch", "-notext", "-config", f"{issuer}.cnf", "-in", f"{name}.csr", "-out", f"{name}.pem",
            "-extfile", f"{name}.ext", "-startdate", start, "-enddate", end)


def self_signed(name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30,
            "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost")


def context(name, newest=None):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(FOLDER / f"{name}.pem", FOLDER / f"{name}.key")
    if newest:
        made.set_ciphers("ALL:@SECLEVEL=0")
        made.minimum_version = ssl.TLSVersion.TLSv1
        made.maximum_version = newest
    return made


def serve(name, listener, tls):
    """One connection after another; `tls` None: closes in the middle of the handshake."""
    while True:
        connection, _ = listener.accept()
        connection.settimeout(10)
        try:
            if tls is None:
                connection.recv(100)
                connection.close()
                continue
            with tls.wrap_socket(connection, server_side=True) as secure:
                if secure.recv(65536):
                    print("REQUEST", name, flush=True)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        except OSError:
            connection.close()


def main():
    warnings.simplefilter("ignore")  # that TLS 1.0 and 1.1 are deprecated is the point
    (FOLDER / "index").write_text("")
    (FOLDER / "serial").write_text("01\n")
    authority("ca")
    authority("stranger")
    certificate("good")
    certificate("unknown-ca", issuer="stranger")
    certificate("wrong-name", host="other.example")
    certificate("expired", end="20210101000000Z")
    certificate("not-yet-valid", start="20340101000000Z")
    self_signed("self-signed")
    kinds = {name: context(name) for name in
             ("good", "unknown-ca", "wrong-name", "expired", "not-yet-valid", "self-signed")}
    kinds["tls-1.0"] = context("good", ssl.TLSVersion.TLSv1)
    kinds["tls-1.1"] = context("good", ssl.TLSVersion.TLSv1_1)
    kinds["cut-handshake"] = None
    for name, tls in kinds.items():
        listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=serve, args=(name, listener, tls), daemon=True).start()
        print(name, listener.getsockname()[1], flush=True)
    print("READY", flush=True)
    sys.stdin.read()


main()
