package socket

// abstractMark stands for the NUL byte of an abstract name in package net.
const abstractMark = "@"
