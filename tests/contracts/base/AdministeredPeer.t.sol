// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AdministeredPeer} from "../../../contracts/base/AdministeredPeer.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {Test} from "../support/Test.sol";

contract Exposed is AdministeredPeer {
    constructor(address forwarder, address audit)
        AdministeredPeer(forwarder, audit, 1, msg.sender)
    {}

    function context() external view returns (address sender, bytes memory data) {
        return (_msgSender(), _msgData());
    }
}

/// @dev Sender and calldata belong together: the forwarder's suffix is part of neither.
contract AdministeredPeerTest is Test {
    address private constant FORWARDER = address(0xf0);
    address private constant SIGNER = address(0x51);
    Exposed private peer = new Exposed(FORWARDER, address(1));

    function test_MsgData_WithoutTheSuffix() external {
        vm.prank(FORWARDER);
        _expect(abi.encodePacked(Exposed.context.selector, SIGNER), SIGNER, 4);
    }

    function test_MsgData_AsSentByAnybodyElse() external {
        vm.prank(SIGNER);
        _expect(abi.encodePacked(Exposed.context.selector, FORWARDER), SIGNER, 24);
    }

    /// @dev Too short to carry a suffix: the forwarder speaks for itself.
    function test_MsgData_OfTheForwarderItself() external {
        vm.prank(FORWARDER);
        _expect(abi.encodePacked(Exposed.context.selector), FORWARDER, 4);
    }

    function test_RevertWhen_ThereIsNoAudit() external {
        vm.expectRevert(abi.encodeWithSelector(Errors.NotPeer.selector, address(0)));
        new Exposed(FORWARDER, address(0));
    }

    function _expect(bytes memory call, address sender, uint256 length) private {
        (bool done, bytes memory answer) = address(peer).call(call);
        assertTrue(done, "answers");
        (address actual, bytes memory data) = abi.decode(answer, (address, bytes));
        assertEq(actual, sender, "sender");
        assertEq(data.length, length, "calldata");
    }
}
