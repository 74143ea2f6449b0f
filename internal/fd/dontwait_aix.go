package fd

// AIX has no MSG_DONTWAIT.
const dontWait = 0
