// Package errorlog reads what nginx wrote to its error log and leads each kind
// of line back to the directive that produced it.
//
//	bytes ─Read─▶ blocks ─▶ lines ─Recognize─▶ messages ─place─▶ groups ─▶ Report
//
// Reading is streaming and parallel; what is kept is bounded whatever the log
// holds, since clients write part of it. A [Message] is one thing that nginx
// says, with what it means; all of them stand in the tables messages_*.go. A
// [Group] is all lines of one message that come from one place of the
// configuration.
package errorlog
