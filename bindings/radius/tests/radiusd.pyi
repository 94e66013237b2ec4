# What rlm_python3 gives the module, as far as it uses it. 3.2.1 has `radlog`, later versions `log`.
config: dict[str, str]

L_INFO: int
L_ERR: int
RLM_MODULE_REJECT: int
RLM_MODULE_FAIL: int
RLM_MODULE_OK: int
RLM_MODULE_HANDLED: int
RLM_MODULE_UPDATED: int

def radlog(level: int, text: str) -> None: ...
def log(level: int, text: str) -> None: ...
