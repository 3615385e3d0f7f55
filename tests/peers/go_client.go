// The client of Debian's golang-github-pin-tftp-dev: go_client PORT NAME FILE MODE BLKSIZE, 0 for no option.
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/pin/tftp"
)

func fetch(port, name, file, mode, blksize string) error {
	client, err := tftp.NewClient("127.0.0.1:" + port)
	if err != nil {
		return err
	}
	if size, _ := strconv.Atoi(blksize); size > 0 {
		client.SetBlockSize(size)
		client.RequestTSize(true)
	}
	transfer, err := client.Receive(name, mode)
	if err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	_, err = transfer.WriteTo(out)
	return err
}

func main() {
	words := os.Args[1:]
	if err := fetch(words[0], words[1], words[2], words[3], words[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
