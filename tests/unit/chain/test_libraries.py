"""What the heavy libraries may do to the interpreter, and what they may not load."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
limit = sys.getrecursionlimit()
from medrec.chain.libraries import BLS12_381_ORDER, account_class, provider_class
Account = account_class()
provider_class()
assert sys.getrecursionlimit() == limit, "the recursion limit was changed"
assert "py_ecc.optimized_bls12_381" not in sys.modules, "the pairings were loaded"
key = bytes(31) + b"\\x07"
assert Account.decrypt(Account.encrypt(key, "secret", kdf="pbkdf2", iterations=2), "secret") == key
import py_ecc.bls12_381, py_ecc.bls
assert py_ecc.bls12_381.curve_order == BLS12_381_ORDER, "the order is not py_ecc's"
assert py_ecc.bls.G2ProofOfPossession.SkToPk(1), "the real scheme can still be had"
print("as it should be")
"""


def test_neither_the_recursion_limit_is_changed_nor_a_pairing_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.stdout == "as it should be\n", done.stderr
