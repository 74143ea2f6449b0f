package selectors

// pollBits is the type of the events in unix.PollFd.
type pollBits = uint16
