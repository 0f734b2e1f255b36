// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ContractPatient} from "../../../contracts/ContractPatient.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {Layout} from "./Layout.sol";
import {PatientStub} from "./PatientStub.sol";
import {Refusals} from "./Refusals.sol";

/// @title Proofs: the delay, the approvals, the veto and the end of a wallet's replacement
contract ReplacementProof is PatientStub {
    uint256 private constant LIFETIME = 30 days;

    /// @notice Another delay comes after the present one, and its entry tells from when it holds.
    function check_delayIsPacked(uint256 word, uint40 seenFrom, uint32 delay, uint32 time) public {
        _controlled(time);
        _put(DELAYS, word);
        uint256 current = _delayOf(word, time);
        _contract.setReplacementDelay(PATIENT, seenFrom, delay);
        uint256 from = uint256(time) + current;
        assert(
            Layout.field(_held(DELAYS), 0, 104)
                == current | (uint256(delay) << Layout.DELAY_NEXT) | (from << Layout.DELAY_FROM)
        );
        assert(_meta == ((uint256(14) << Layout.META_ACTION) | (from << Layout.META_EXPIRY)));
    }

    /// @notice A delay is chosen exactly within its bounds, by who saw from when the last one holds.
    function check_delayNamesTheLast(uint256 word, uint40 seenFrom, uint32 delay, uint32 time)
        public
    {
        _controlled(time);
        _put(DELAYS, word);
        (bool done, bytes memory answer) = Refusals.tried(
            address(_contract),
            abi.encodeCall(_contract.setReplacementDelay, (PATIENT, seenFrom, delay))
        );
        uint256 from = Layout.field(word, Layout.DELAY_FROM, 40);
        assert(done == (seenFrom == from && delay >= 3 days && delay <= 30 days));
        if (seenFrom != from) assert(Refusals.isStale(answer, from));
    }

    /// @notice A patient's delay, and what is announced, are read from their places.
    function check_replacementIsUnpacked(uint256 delay, uint256 pending, uint32 time) public {
        vm.assume(Layout.field(pending, Layout.PENDING_VETO_SPENT, 8) <= 1);
        _controlled(time);
        _put(DELAYS, delay);
        _put(PENDING, pending);
        IContractPatient.Patient memory state = _contract.patientOf(PATIENT);
        assert(state.delayFrom == Layout.field(delay, Layout.DELAY_FROM, 40));
        assert(state.replacementDelay == _delayOf(delay, time));
        assert(state.vetoSpent == (Layout.field(pending, Layout.PENDING_VETO_SPENT, 8) == 1));
        uint256 readyAt = Layout.field(pending, Layout.PENDING_READY_AT, 40);
        bool announced = readyAt != 0 && time <= readyAt + LIFETIME;
        assert(uint160(state.pendingWallet) == (announced ? Layout.field(pending, 0, 160) : 0));
        assert(state.readyAt == (announced ? readyAt : 0));
    }

    /// @notice An approval's entry tells whose it is; by two together, from when the wallet may act.
    function check_replacementMeta(address wallet, uint32 time, uint40 until, bool both) public {
        vm.assume(time > 0);
        _subject = 1;
        _delegation = (uint256(until) << Layout.DELEGATION_EXPIRY)
            | (uint256(1) << Layout.DELEGATION_SINCE) | (uint256(32) << Layout.DELEGATION_POWERS);
        vm.warp(time);
        if (both) _approve(address(0xdd), wallet);
        if (both) assert(_meta == ((uint256(15) << Layout.META_ACTION) | 2));
        _contract.replaceController(PATIENT, wallet);
        uint256 expected = (uint256(15) << Layout.META_ACTION) | (both ? 3 : 1);
        if (both) expected |= (uint256(time) + 7 days) << Layout.META_EXPIRY;
        assert(_meta == expected);
    }

    /// @notice A veto takes back what is announced and is spent by it; its entry has an action alone.
    function check_vetoMeta(uint256 word, address wallet, uint32 time) public {
        _controlled(time);
        _put(PENDING, word);
        _contract.vetoReplacement(PATIENT, wallet);
        assert(Layout.field(_held(PENDING), 0, 208) == uint256(1) << Layout.PENDING_VETO_SPENT);
        assert(_meta == uint256(16) << Layout.META_ACTION);
    }

    /// @notice A veto counts exactly when the wallet is announced and no veto was spent.
    function check_vetoCountsExactlyOnce(uint256 word, address wallet, uint32 time) public {
        vm.assume(Layout.field(word, Layout.PENDING_VETO_SPENT, 8) <= 1);
        _controlled(time);
        _put(PENDING, word);
        (bool done,) = Refusals.tried(
            address(_contract), abi.encodeCall(_contract.vetoReplacement, (PATIENT, wallet))
        );
        bool spent = Layout.field(word, Layout.PENDING_VETO_SPENT, 1) == 1;
        assert(done == (_isAnnounced(word, wallet, time) && !spent));
    }

    /// @notice A wallet takes over exactly when it is announced, is the sender, and the time has come;
    /// nothing stays announced, and the veto is there again.
    function check_takingOverInTime(uint256 word, address wallet, uint32 time) public {
        _controlled(time);
        _put(PENDING, word);
        (bool done,) = Refusals.tried(
            address(_contract), abi.encodeCall(_contract.completeReplacement, (PATIENT, wallet))
        );
        bool ripe = time >= Layout.field(word, Layout.PENDING_READY_AT, 40);
        assert(done == (wallet == address(this) && _isAnnounced(word, wallet, time) && ripe));
        if (done) assert(Layout.field(_held(PENDING), 0, 208) == 0);
    }

    function _approve(address delegate, address wallet) private {
        vm.prank(delegate);
        _contract.replaceController(PATIENT, wallet);
    }

    /// @dev The patient's wallet is the proof.
    function _controlled(uint32 time) private {
        _subject = 1;
        _controller = uint160(address(this));
        vm.warp(time);
    }

    function _delayOf(uint256 word, uint32 time) private pure returns (uint256) {
        uint256 from = Layout.field(word, Layout.DELAY_FROM, 40);
        if (from == 0) return 7 days;
        return Layout.field(word, time < from ? 0 : Layout.DELAY_NEXT, 32);
    }

    function _isAnnounced(uint256 word, address wallet, uint32 time) private pure returns (bool) {
        uint256 readyAt = Layout.field(word, Layout.PENDING_READY_AT, 40);
        return
            Layout.field(word, 0, 160) == uint160(wallet) && readyAt != 0
                && time <= readyAt + LIFETIME;
    }
}
