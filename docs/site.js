// Wide tables scroll: with the keyboard too. The generator's script wraps them when it starts.
new MutationObserver(() => {
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) wrap.tabIndex = 0
}).observe(document.documentElement, { childList: true, subtree: true })

// The generator takes each word that is typed for the beginning of words: the l of l'enrôlement for all that begins with an l. So the small
// words go, and the s of a plural, as a reader means it. Its stemmer cannot be used: it changes the words of the pages, but not those
// beginnings.
const SMALL = {
  en: `a an and are as at be by can do does for from how i if in is it me my of on or our that the this to was we what when where which who
    with you your`,
  fr: `à au aux avec ce ces comment d dans de des du elle en est et faut il ils j je l la le les leur ma mon n ne nos notre on ou où par pas
    peut pour qu quand que quel quelle quelles quels qui quoi s sa se ses si son sont sur t un une vos votre y`,
}
const small = new Set((SMALL[document.documentElement.lang] ?? "").split(/\s+/))
const meant = text => {
  const words = text.split(/[\s'’?!]+/).filter(word => word)
  const kept = words.filter(word => !small.has(word.toLowerCase()))
  return (kept.length ? kept : words).map(word => (/^[\p{L}-]{4,}[sx]$/u.test(word) ? word.slice(0, -1) : word)).join(" ")
}
const post = Worker.prototype.postMessage
const QUERY = 2
Worker.prototype.postMessage = function (message, ...rest) {
  return post.call(this, message?.type === QUERY ? { ...message, data: meant(message.data) } : message, ...rest)
}
