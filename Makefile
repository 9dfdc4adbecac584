# SPDX-License-Identifier: GPL-2.0
# make [KDIR=tree]   all modules, in place, for the running kernel or that tree
# make install       into updates/ (honours INSTALL_MOD_PATH), then depmod
# make uninstall     takes them out again
# make style         checkpatch and sparse
# make demo          about two minutes in a VM: create, fail, rebuild, verify
# make test [T=..]   every test, or an area, a file, or part of a name
# make stress        random operations under load in a VM; K= SECONDS= SEED=
# make shell         an interactive VM with the modules loaded
# make bench         cost per I/O against the in-tree driver

KDIR ?= /lib/modules/$(shell uname -r)/build
KRELEASE = $(shell $(MAKE) -s --no-print-directory -C $(KDIR) kernelrelease | tail -n1)
# The names of the modules, as Kbuild has them
MODULES = $(patsubst %.o,%,$(shell sed -n 's/^obj-m *:= *//p' Kbuild))
UPDATES = $(INSTALL_MOD_PATH)/lib/modules/$(KRELEASE)/updates

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# Header packages have no key to sign with and no System.map for depmod
install: modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_DIR=updates \
		CONFIG_MODULE_SIG_ALL= modules_install
	depmod $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH)) $(KRELEASE)

uninstall:
	rm -f $(foreach m,$(MODULES),$(UPDATES)/$(m).ko $(UPDATES)/$(m).ko.*)
	depmod $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH)) $(KRELEASE)

clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean

style test demo shell:
	@tests/vm/$@

bench:
	@bench/run

stress:
	@tests/stress/run

.PHONY: modules install uninstall clean style test demo shell bench stress
