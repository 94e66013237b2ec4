// Wide tables scroll: with the keyboard too. The generator's script wraps them when it starts.
new MutationObserver(() => {
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) wrap.tabIndex = 0
}).observe(document.documentElement, { childList: true, subtree: true })
