module example.com/socket/conformance

go 1.26.0

require example.com/socket v0.0.0

require golang.org/x/sys v0.49.0

replace example.com/socket => ..
