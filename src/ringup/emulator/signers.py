"""The public keys that an emulated phone's loader trusts, and the key of ringup's own test signer.

Cisco's two keys stand unencrypted in the loaders (docs/reference/firmware-container.md). The emulated phone
has its own copy of the keys, so that a test detects an error in the server's copy. Anybody can sign with the
test key: a phone accepts it only if RINGUP_ACCEPT_TEST_SIGNER is set, and no real phone ever does.
"""

import os

ACCEPT_TEST_SIGNER = "RINGUP_ACCEPT_TEST_SIGNER"
"""Environment variable: ``1`` makes the emulated phone accept synthetic firmware, as `ringup demo` needs."""

CISCO_SIP = int(
    "be327edc48b12118573c95ff706794d66a360c5910e30534a85e92f2230dbf634b87a86fedb98d966b188381fe7851da"
    "b8910c771653ba1d36806262f8387454c160cb5e55c3a4b98d7f67db860a8a38d02a514a09f35eb47f70248733076c13"
    "a0a90da693fc67564ee5fa3f61922b7bcad3532aedf3b690361f86a349dc166acb98fc91f3f66cdb3038adcd8644fb44"
    "3b02d522660acb13ce806e2a6b550c9bdd35db6398b3c204b3f450ceb3b234a4c21f36f54dc74b05e1f8e81d40b259ec"
    "40eae94ad68de5a85de169697450e3dacca38a7c425efe227b2ed2185921f7d385f0b0592cbbe7e17140280dd878be05"
    "55a15a30ceab13a890fe97f40ec1a747",
    16,
)
"""Cisco's signer of SIP firmware for the 7940 and 7960: in the loaders of 7.5, 8.12 and SCCP 8.1(SR2)."""

CISCO_SCCP = int(
    "f22d08f3ffbd34585f3fd7b2bbaff623b58df5720f041892aceff188c6724855acb37467d0ba5a19e41381bd3f903330"
    "e435d1334eab95416f423e0981447d0c744b261f93fc5d2fb20026904b0d4c2104b8931fb7e8bd9de0ac7c5e99e6b225"
    "dded7663169aeebf8cf715eefaa0204e3208c456e259f2d63e2c0d3619025158230bd3e4d47e2d566470c7a845d9298a"
    "3e2473c80be59e2f334021e4075cd039b0af3c651ac46d6f8f6523b6d93a3427d69f55461abe7d26151eb0c84d6aeae9"
    "e3fd200fa792be40312295aece75d6fb0308abea72c2646f07488a2af4234b56e16d3c832ca332413565c5284bb5dd5b"
    "0c0aa45cdbdc51da12ba4c65f57ce12f",
    16,
)
"""Cisco's signer of SCCP firmware for the 7940 and 7960: in the loaders of 8.12 and SCCP 8.1(SR2)."""

TEST_SIGNER = int(
    "d84356b6cb0074bfccc12125ac2f7e38ecf3217f2584f65ff84da480e32cdf458960d940ec3a7e1d0c2c6d74bfaa41db"
    "b5ec23ed82b0dee1513dedc8ce3d6c386755d07b9c5278fe6af1de04f5deb7d7270434cd73bb3b93bec7cbbfb06e5d1e"
    "eba6fe3fa792b056e8032cf91473660e791365398a4124c815b068ed5b6280bfbe885f09c3dd58dd477c3d36cd5d3834"
    "f40a8a3502109898e8630469c199ee8ad9c7df6ab786e14a0ebfa7a2aed5ee8c096e407547756a241e52a0c423bb470a"
    "f60510f38fc6229a79108e5f9e4e841fe05190b4db52828ecc624231ba2b6465d4f57c471dbded8533596f978439e65a"
    "d6e3b94b60f326be8b625c441705f5d1",
    16,
)
"""ringup's test signer: the files that it signs are not Cisco's firmware."""

TEST_SIGNER_PRIVATE_EXPONENT = int(
    "240b391e772abe1ff7758586475d3fb4277ddaea8640d3baa96246157b322536419024357cb46a5a2cb2123e1ff1b5a4"
    "9e5205fceb1d7a7ae2dfa7a177b4e75ebbe3a2bf44b8697fbc7da500d3a51ea3dbd608cce89f34989fcbf74a9d67ba2f"
    "d1f12a5ff1431d63d155dcd42e133bad142de63441b5862158f2bc278f3b1574fbe1067c0aed1e34e51c229a817e9bd9"
    "16f70db66c545a78b40559d057ec089469cf8b7a3b1e9fad3fcdbf741331b5fb2cab0ea8c4811601fa3fde59b1109416"
    "7a50a84fc834c5bd14d90ee6fec867c3f58894fb3e3073e11a230e88fd907f3abfbdd6c74e6fb74122371090e866cf27"
    "b66ac98fb7c79d01537dfe8dca557891",
    16,
)


def trusted_keys(loader: str) -> tuple[int, ...]:
    """Return the keys that a loader of this name trusts, with the test signer's key if ACCEPT_TEST_SIGNER is
    set.

    The loader of 7.5 holds the SIP key alone; those of 8.12 and SCCP 8.1(SR2) hold both. For other loaders,
    both keys are a guess [I].
    """
    genuine = (CISCO_SIP,) if loader.startswith("P003-07-5") else (CISCO_SIP, CISCO_SCCP)
    return (*genuine, TEST_SIGNER) if os.environ.get(ACCEPT_TEST_SIGNER) == "1" else genuine
