"""The caller's side of a sign-in by SRP, as Cognito's clients do it: the password never leaves the caller."""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import Any

N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
"""The 3072-bit prime of RFC 5054, with the generator 2."""
G = 2


def padded(number: int) -> bytes:
    """Return a number's bytes with a leading zero where its first bit is set."""
    text = f"{number:x}"
    text = f"0{text}" if len(text) % 2 else text
    return bytes.fromhex(f"00{text}" if text[0] in "89abcdef" else text)


def digest(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


def sign_in(cognito: Any, client: str, pool: str, username: str, password: str) -> dict[str, Any]:
    """Sign in by SRP and return the tokens; botocore's errors when Cognito refuses."""
    small = secrets.randbelow(N)
    public = pow(G, small, N)
    begun = cognito.initiate_auth(
        ClientId=client, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": username, "SRP_A": f"{public:x}"}
    )
    asked = begun["ChallengeParameters"]
    user, salt, theirs = asked["USER_ID_FOR_SRP"], int(asked["SALT"], 16), int(asked["SRP_B"], 16)
    name = pool.partition("_")[2]
    inner = hashlib.sha256(f"{name}{user}:{password}".encode()).digest()
    x, u, k = digest(padded(salt), inner), digest(padded(public), padded(theirs)), digest(padded(N), padded(G))
    shared = pow(theirs - k * pow(G, x, N), small + u * x, N)
    first = hmac.new(padded(u), padded(shared), hashlib.sha256).digest()
    key = hmac.new(first, b"Caldera Derived Key\x01", hashlib.sha256).digest()[:16]
    now = datetime.now(UTC)
    moment = f"{now:%a %b} {now.day} {now:%H:%M:%S} UTC {now:%Y}"
    block = asked["SECRET_BLOCK"]
    signed = name.encode() + user.encode() + base64.b64decode(block) + moment.encode()
    proof = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    answer = {
        "USERNAME": user,
        "PASSWORD_CLAIM_SECRET_BLOCK": block,
        "PASSWORD_CLAIM_SIGNATURE": proof,
        "TIMESTAMP": moment,
    }
    done = cognito.respond_to_auth_challenge(
        ClientId=client, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=answer
    )
    return dict(done["AuthenticationResult"])
