//go:build unix

package interrupt

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheFirstInterruptionIsTold(t *testing.T) {
	also := make(chan os.Signal, 1) // so that a signal never ends the tests
	signal.Notify(also, os.Interrupt)
	defer signal.Stop(also)
	interrupted, stop := First()
	defer stop()
	select {
	case <-interrupted:
		assert.Fail(t, "nobody interrupted it")
	default:
	}
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGINT))
	<-interrupted
	stop()
	stop() // may be called twice
}

func TestAfterStopNothingIsTold(t *testing.T) {
	also := make(chan os.Signal, 1)
	signal.Notify(also, os.Interrupt)
	defer signal.Stop(also)
	interrupted, stop := First()
	stop()
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGINT))
	<-also
	select {
	case <-interrupted:
		assert.Fail(t, "it was stopped")
	default:
	}
}

func TestIgnoredInterruptionsStayIgnored(t *testing.T) {
	signal.Ignore(os.Interrupt)
	defer signal.Reset(os.Interrupt)
	_, stop := First()
	defer stop()
	assert.True(t, signal.Ignored(os.Interrupt))
}

func TestAnInterruptedTaskIsGivenUp(t *testing.T) {
	var gate Gate
	steps := 0
	step := func() { gate.Pass(func() { steps++ }) }
	assert.True(t, gate.Until(make(chan struct{}), 0, step))
	assert.Equal(t, 1, steps)

	interrupted, given, goOn, gone := make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		<-given
		close(interrupted)
	}()
	assert.False(t, gate.Until(interrupted, time.Millisecond, func() {
		step()
		close(given)
		<-goOn
		step()
		close(gone)
	}))
	close(goOn)
	<-gone
	assert.True(t, gate.Until(interrupted, time.Hour, func() { time.Sleep(time.Millisecond) }), "it may end")
	assert.Equal(t, 2, steps, "what it gives later does not pass")
}
